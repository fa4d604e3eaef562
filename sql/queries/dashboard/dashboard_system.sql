-- The state of the API and the queues; `ended` in the last 5 minutes.
SELECT
    (SELECT next_check_at FROM api_pause) AS paused_until,
    newest.started_at AS called_at,
    newest.status AS called_status,
    (SELECT count(*) FROM job_runs WHERE state = 'queued') AS queued,
    (SELECT count(*) FROM job_runs WHERE state = 'running') AS running,
    (
        SELECT count(*) FROM job_runs
        WHERE finished_at >= now() - interval '5 minutes' AND state IN ('succeeded', 'failed', 'dead')
    ) AS ended
FROM (SELECT) AS always
LEFT JOIN (
    SELECT started_at, status FROM api_calls
    ORDER BY started_at DESC
    LIMIT 1
) AS newest ON true;
