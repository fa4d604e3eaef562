-- Takes a queued run by compare-and-set: of any number of workers one gets the row, the others nothing.
-- While the API or the run's queue is paused nobody does, and no attempt is spent.
UPDATE job_runs
SET
    state = 'running',
    attempt = attempt + 1,
    started_at = now(),
    heartbeat_at = now(),
    pages = 0,
    message = '',
    error = ''
WHERE uuid = :uuid
    AND state = 'queued'
    AND run_after <= now()
    AND NOT EXISTS (SELECT FROM api_pause)
    AND NOT EXISTS (SELECT FROM queue_pauses WHERE queue_pauses.queue = job_runs.queue)
RETURNING uuid, task, args, queue, dedupe_key, attempt, forced, requested_by;
