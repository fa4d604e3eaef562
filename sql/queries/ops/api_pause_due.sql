-- A pause whose next check is due; the check after it is scheduled at once, so that two sweeps make one call.
UPDATE api_pause
SET next_check_at = now() + :wait * interval '1 second'
WHERE next_check_at <= now()
RETURNING reason;
