UPDATE job_runs
SET heartbeat_at = now(), pages = :pages
WHERE uuid = :uuid AND attempt = :attempt AND state = 'running'
RETURNING uuid;
