-- Queued runs that are due, the most urgent first; none while the API is paused, and none of a paused queue. Runs
-- requested just now are still being sent by their requester.
SELECT uuid, queue
FROM job_runs
WHERE state = 'queued'
    AND run_after <= now()
    AND created_at <= now() - :settled * interval '1 second'
    AND NOT EXISTS (SELECT FROM api_pause)
    AND NOT EXISTS (SELECT FROM queue_pauses WHERE queue_pauses.queue = job_runs.queue)
ORDER BY queue_rank(queue), number
LIMIT :most;
