-- Queued runs whose time has come, the most urgent first; none while the API is paused. Those wished for just now
-- are still being sent by whoever wished.
SELECT uuid, queue
FROM job_runs
WHERE state = 'queued'
    AND run_after <= now()
    AND created_at <= now() - :settled * interval '1 second'
    AND NOT EXISTS (SELECT FROM api_pause)
ORDER BY array_position(ARRAY['interactive', 'sync', 'default', 'backfill'], queue), number
LIMIT :most;
