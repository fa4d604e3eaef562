-- Calls that used quota, by day (UTC) and queue.
SELECT
    CAST(bucket AT TIME ZONE 'UTC' AS date) AS day,
    queue,
    CAST(sum(calls) AS bigint) AS calls
FROM quota_used_hourly
WHERE bucket >= :since
GROUP BY day, queue
ORDER BY day, queue;
