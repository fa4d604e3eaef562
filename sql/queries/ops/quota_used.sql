-- Calls that used quota, by day and queue; those outside runs have none. Failed calls and free calls do not count.
SELECT
    CAST(started_at AT TIME ZONE 'UTC' AS date) AS day,
    queue,
    count(*) AS calls
FROM api_calls
WHERE started_at >= :since
    AND status BETWEEN 200 AND 299
    AND endpoint NOT IN ('usage', 'token')
GROUP BY day, queue
ORDER BY day, queue;
