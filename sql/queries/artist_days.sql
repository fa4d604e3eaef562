-- The days of a period on which any track of an artist has a value, by platform, and the day that brought most. A
-- day counts what came since the day before: a value after a gap belongs to several days, so to none.
WITH steps AS (
    SELECT
        points.platform_id,
        points.date,
        CASE
            WHEN points.date - lag(points.date) OVER by_date = 1
            THEN points.audience_value - lag(points.audience_value) OVER by_date
        END AS gain
    FROM track_artists
    JOIN track_audience_time_series AS points ON points.track_id = track_artists.track_id
    WHERE track_artists.artist_id = :artist_id
        AND points.date BETWEEN CAST(:start_date AS date) - 1 AND :end_date
    WINDOW by_date AS (PARTITION BY points.track_id, points.platform_id ORDER BY points.date)
),

days AS (
    SELECT platform_id, date, sum(gain) AS gain
    FROM steps
    WHERE date >= :start_date
    GROUP BY platform_id, date
)

SELECT
    platform_id,
    count(*) AS days,
    (array_agg(date ORDER BY gain DESC, date) FILTER (WHERE gain IS NOT NULL))[1] AS best_day,
    CAST(max(gain) AS bigint) AS best_gain
FROM days
GROUP BY platform_id;
