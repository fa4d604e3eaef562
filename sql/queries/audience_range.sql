-- What one track gained on some platforms from one date to another, both included.
SELECT
    wanted.platform_id,
    gained.*
FROM unnest(CAST(:platform_ids AS integer[])) AS wanted (platform_id)
CROSS JOIN LATERAL audience_gain(:track_id, wanted.platform_id, :start_date, :end_date) AS gained;
