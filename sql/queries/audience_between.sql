-- The totals of a series between two days.
SELECT audience_value AS total, date
FROM track_audience_time_series
WHERE track_id = :track_id AND platform_id = :platform_id AND date > :first_day AND date < :last_day
ORDER BY date;
