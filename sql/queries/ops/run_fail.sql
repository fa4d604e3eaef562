-- A permanent error: a retry would end the same way.
UPDATE job_runs
SET state = 'failed', finished_at = now(), error = :error
WHERE uuid = :uuid AND attempt = :attempt AND state = 'running'
RETURNING uuid;
