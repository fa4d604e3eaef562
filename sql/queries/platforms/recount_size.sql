-- How many values of how many series a platform has.
SELECT
    count(*) AS "values",
    count(DISTINCT track_id) AS series
FROM track_audience_time_series
WHERE platform_id = :platform_id;
