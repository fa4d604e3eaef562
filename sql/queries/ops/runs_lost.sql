-- Running runs without a heartbeat: back to the queue, or dead if no attempts are left.
UPDATE job_runs
SET
    state = CASE WHEN attempt >= max_attempts THEN 'dead' ELSE 'queued' END,
    run_after = now(),
    finished_at = CASE WHEN attempt >= max_attempts THEN now() END,
    error = 'The worker stopped answering in attempt ' || attempt || '.'
WHERE state = 'running' AND heartbeat_at < now() - :stale_seconds * interval '1 second'
RETURNING uuid, state;
