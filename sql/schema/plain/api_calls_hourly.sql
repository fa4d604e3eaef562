-- The plain twin of timescale/api_calls_hourly.sql: the same columns, computed when read.
CREATE VIEW api_calls_hourly AS
SELECT
    date_trunc('hour', started_at, 'UTC') AS bucket,
    platform,
    endpoint,
    count(*) AS calls,
    count(*) FILTER (WHERE status BETWEEN 200 AND 299 OR status = 404) AS answered,
    sum(duration_ms) AS duration_ms,
    min(quota_left) AS quota_left
FROM api_calls
GROUP BY date_trunc('hour', started_at, 'UTC'), platform, endpoint;
