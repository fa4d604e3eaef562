-- The totals of a series after a day, to the first one after another day.
SELECT audience_value AS total, date
FROM track_audience_time_series
WHERE track_id = :track_id
    AND platform_id = :platform_id
    AND date > :first_day
    AND date <= coalesce(
        (
            SELECT min(date) FROM track_audience_time_series
            WHERE track_id = :track_id AND platform_id = :platform_id AND date > :last_day
        ),
        :last_day
    )
ORDER BY date;
