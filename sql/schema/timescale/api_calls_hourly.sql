-- Calls by hour. `answered` are those with a response of the API, including 404.
-- Calls are only ever appended at the end of time, so a policy refreshes this one.
CREATE MATERIALIZED VIEW api_calls_hourly
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT
    time_bucket('1 hour', started_at) AS bucket,
    platform,
    endpoint,
    count(*) AS calls,
    count(*) FILTER (WHERE status BETWEEN 200 AND 299 OR status = 404) AS answered,
    sum(duration_ms) AS duration_ms,
    min(quota_left) AS quota_left
FROM api_calls
GROUP BY time_bucket('1 hour', started_at), platform, endpoint
WITH NO DATA;

SELECT add_continuous_aggregate_policy(
    'api_calls_hourly', start_offset => NULL, end_offset => INTERVAL '1 hour', schedule_interval => INTERVAL '1 hour'
);
