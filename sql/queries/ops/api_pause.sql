INSERT INTO api_pause (reason, next_check_at, lasts_until)
VALUES (:reason, now() + :wait * interval '1 second', :lasts_until)
ON CONFLICT (single) DO UPDATE SET next_check_at = excluded.next_check_at, lasts_until = excluded.lasts_until;
