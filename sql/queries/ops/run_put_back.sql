-- Puts a run back into the queue until run_after; dead if no attempts are left. `refund` does not count this attempt.
UPDATE job_runs
SET
    state = CASE WHEN attempt - :refund >= max_attempts THEN 'dead' ELSE 'queued' END,
    attempt = attempt - :refund,
    run_after = now() + :delay * interval '1 second',
    finished_at = CASE WHEN attempt - :refund >= max_attempts THEN now() END,
    error = :error
WHERE uuid = :uuid AND attempt = :attempt AND state = 'running'
RETURNING state;
