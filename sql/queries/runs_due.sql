-- Queued runs whose time has come, the most urgent first; none while the API is paused.
SELECT uuid, queue
FROM job_runs
WHERE state = 'queued'
    AND run_after <= now()
    AND NOT EXISTS (SELECT FROM api_pause)
ORDER BY array_position(ARRAY['interactive', 'sync', 'default', 'backfill'], queue), number
LIMIT :most;
