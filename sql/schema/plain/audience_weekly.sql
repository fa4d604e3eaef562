-- The plain twin of timescale/audience_weekly.sql: the same columns, computed when read.
CREATE VIEW audience_weekly AS
SELECT
    track_id,
    platform_id,
    date_trunc('week', date)::date AS bucket,
    (array_agg(audience_value ORDER BY date))[1] AS first_value,
    (array_agg(audience_value ORDER BY date DESC))[1] AS last_value,
    min(audience_value) AS min_value,
    max(audience_value) AS max_value,
    min(date) AS first_date,
    max(date) AS last_date,
    count(*) AS days
FROM track_audience_time_series
GROUP BY track_id, platform_id, date_trunc('week', date)::date;
