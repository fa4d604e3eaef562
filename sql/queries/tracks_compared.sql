-- Some tracks on one platform: a row per track and date, with its day since the release. All rows of a track are
-- read, so that the first gain of a range is true.
WITH compared AS (
    SELECT
        points.track_id,
        points.date,
        points.date - tracks.release_date AS day,
        points.audience_value AS total,
        points.audience_value - lag(points.audience_value) OVER by_date AS gain,
        points.date - lag(points.date) OVER by_date AS covers,
        points.fetched_at,
        max(points.date) OVER () AS newest
    FROM unnest(CAST(:track_ids AS bigint[])) AS wanted (track_id)
    JOIN tracks ON tracks.id = wanted.track_id
    JOIN track_audience_time_series AS points
        ON points.track_id = wanted.track_id
        AND points.platform_id = :platform_id
        AND points.date >= :first_date
    WINDOW by_date AS (PARTITION BY points.track_id ORDER BY points.date)
)

SELECT
    track_id,
    date,
    day,
    total,
    gain,
    covers,
    fetched_at
FROM compared
WHERE CASE :by
    WHEN 'release' THEN day IS NOT NULL AND (CAST(:days AS integer) IS NULL OR day BETWEEN 0 AND :days - 1)
    ELSE CAST(:days AS integer) IS NULL OR date > newest - CAST(:days AS integer)
END
ORDER BY track_id, date;
