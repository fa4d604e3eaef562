-- The gains of tracks on a platform in a period, computed in the simplest way from the stored values, by none of the
-- functions that the site uses. Null means unknown. Tracks without a value in the period are left out.
SELECT
    tracks.id AS track_id,
    (
        SELECT audience_value FROM track_audience_time_series
        WHERE track_id = tracks.id AND platform_id = :platform_id AND date = (
            SELECT max(date) FROM track_audience_time_series
            WHERE track_id = tracks.id AND platform_id = :platform_id AND date BETWEEN :first_day AND :last_day
        )
    ) - CASE
        WHEN EXISTS (
            SELECT FROM track_audience_time_series
            WHERE track_id = tracks.id AND platform_id = :platform_id
                AND date BETWEEN CAST(:first_day AS date) - 8 AND CAST(:first_day AS date) - 1
        )
        THEN (
            SELECT audience_value FROM track_audience_time_series
            WHERE track_id = tracks.id AND platform_id = :platform_id AND date = (
                SELECT max(date) FROM track_audience_time_series
                WHERE track_id = tracks.id AND platform_id = :platform_id AND date < :first_day
            )
        )
        WHEN EXISTS (
            SELECT FROM track_audience_time_series
            WHERE track_id = tracks.id AND platform_id = :platform_id AND date < :first_day
        )
        THEN NULL
        WHEN (
            SELECT min(date) FROM track_audience_time_series
            WHERE track_id = tracks.id AND platform_id = :platform_id
        ) < tracks.release_date - 3
        THEN NULL
        WHEN tracks.release_date >= :first_day AND tracks.release_date <= :last_day THEN 0
        WHEN (
            SELECT min(date) FROM track_audience_time_series
            WHERE track_id = tracks.id AND platform_id = :platform_id
        ) <= tracks.release_date + 3
        THEN 0
    END AS gain
FROM tracks
WHERE (CAST(:track_ids AS bigint[]) IS NULL OR tracks.id = ANY(:track_ids))
    AND EXISTS (
        SELECT FROM track_audience_time_series
        WHERE track_id = tracks.id AND platform_id = :platform_id AND date BETWEEN :first_day AND :last_day
    );
