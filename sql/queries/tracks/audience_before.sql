-- The last total of a series before a day.
SELECT audience_value AS total, date
FROM track_audience_time_series
WHERE track_id = :track_id AND platform_id = :platform_id AND date < :day
ORDER BY date DESC
LIMIT 1;
