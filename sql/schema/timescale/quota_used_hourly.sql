-- Calls that used quota, by hour and queue; those outside runs have none. Failed calls and free calls do not count.
-- Calls are only ever appended at the end of time, so a policy refreshes this one.
CREATE MATERIALIZED VIEW quota_used_hourly
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT
    time_bucket('1 hour', started_at) AS bucket,
    queue,
    count(*) AS calls
FROM api_calls
WHERE status BETWEEN 200 AND 299
    AND endpoint NOT IN ('usage', 'token')
GROUP BY time_bucket('1 hour', started_at), queue
WITH NO DATA;

SELECT add_continuous_aggregate_policy(
    'quota_used_hourly', start_offset => NULL, end_offset => INTERVAL '1 hour', schedule_interval => INTERVAL '1 hour'
);
