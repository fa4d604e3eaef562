-- Takes a queued run by compare-and-set: of any number of workers only one gets the row. While the API or the run's
-- queue is paused no worker does, and no attempt is counted.
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
