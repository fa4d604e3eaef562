-- What one track gained on some platforms from one date to another, both included, and its first value between them.
SELECT
    wanted.platform_id,
    gained.last_date,
    gained.total,
    gained.base_date,
    gained.gain,
    earliest.date AS first_date,
    earliest.audience_value AS first_total
FROM unnest(CAST(:platform_ids AS integer[])) AS wanted (platform_id)
CROSS JOIN LATERAL audience_gain(:track_id, wanted.platform_id, :start_date, :end_date) AS gained
CROSS JOIN LATERAL (
    SELECT date, audience_value FROM track_audience_time_series
    WHERE track_id = :track_id AND platform_id = wanted.platform_id AND date BETWEEN :start_date AND :end_date
    ORDER BY date
    LIMIT 1
) AS earliest;
