-- The numbers of values and series of a platform.
SELECT
    count(*) AS "values",
    count(DISTINCT track_id) AS series
FROM track_audience_time_series
WHERE platform_id = :platform_id;
