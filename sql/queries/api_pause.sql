INSERT INTO api_pause (reason, next_check_at)
VALUES (:reason, now() + :wait * interval '1 second')
ON CONFLICT (single) DO UPDATE SET next_check_at = excluded.next_check_at;
