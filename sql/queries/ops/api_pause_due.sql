-- A pause whose next look has come; the look after it is put down at once, so that two sweeps make one call.
UPDATE api_pause
SET next_check_at = now() + :wait * interval '1 second'
WHERE next_check_at <= now()
RETURNING reason;
