-- The plain twin of timescale/quota_used_hourly.sql: the same columns, computed when read.
CREATE VIEW quota_used_hourly AS
SELECT
    date_trunc('hour', started_at, 'UTC') AS bucket,
    queue,
    count(*) AS calls
FROM api_calls
WHERE status BETWEEN 200 AND 299
    AND endpoint NOT IN ('usage', 'token')
GROUP BY date_trunc('hour', started_at, 'UTC'), queue;
