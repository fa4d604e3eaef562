-- Queued runs whose time has come, the most urgent first; none while the API is paused, and none of a queue
-- that is. Those wished for just now are still being sent by whoever wished.
SELECT uuid, queue
FROM job_runs
WHERE state = 'queued'
    AND run_after <= now()
    AND created_at <= now() - :settled * interval '1 second'
    AND NOT EXISTS (SELECT FROM api_pause)
    AND NOT EXISTS (SELECT FROM queue_pauses WHERE queue_pauses.queue = job_runs.queue)
ORDER BY queue_rank(queue), number
LIMIT :most;
