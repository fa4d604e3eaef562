-- A bucket is a calendar month, labelled by its first day.
CREATE MATERIALIZED VIEW audience_monthly
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT
    track_id,
    platform_id,
    time_bucket('1 month', date) AS bucket,
    first(audience_value, date) AS first_value,
    last(audience_value, date) AS last_value,
    min(audience_value) AS min_value,
    max(audience_value) AS max_value,
    min(date) AS first_date,
    max(date) AS last_date,
    count(*) AS days
FROM track_audience_time_series
GROUP BY track_id, platform_id, time_bucket('1 month', date)
WITH NO DATA;
