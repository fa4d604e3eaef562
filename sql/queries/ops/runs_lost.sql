-- Running runs whose heart has stopped: back to the queue, or dead when the attempts are spent.
UPDATE job_runs
SET
    state = CASE WHEN attempt >= max_attempts THEN 'dead' ELSE 'queued' END,
    run_after = now(),
    finished_at = CASE WHEN attempt >= max_attempts THEN now() END,
    error = 'The worker stopped answering in attempt ' || attempt || '.'
WHERE state = 'running' AND heartbeat_at < now() - :stale_seconds * interval '1 second'
RETURNING uuid, state;
