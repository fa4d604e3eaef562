-- The days of a period on which any track of an artist has a value, by platform, and the day that brought most: of the
-- tracks whose gain in the period is known, which are those of the sum. A day counts what came since the day before: a
-- value after a gap belongs to several days, so to none, and so do the first value of a song that was out before it and
-- what a platform reported of several days at once. What follows a fall, or makes up for one, was gained before; what
-- other identifiers bring is no gain of a day. A day that brought nothing, or less, is no best one.
WITH series AS (
    SELECT
        states.track_id,
        states.platform_id,
        gained.base_date
    FROM track_artists
    JOIN audience_states AS states ON states.track_id = track_artists.track_id
    CROSS JOIN LATERAL audience_gain(
        states.track_id, states.platform_id, :start_date, :end_date, states.fell_on
    ) AS gained
    WHERE track_artists.artist_id = :artist_id
),

late AS MATERIALIZED (
    SELECT
        series.track_id,
        series.platform_id,
        found.date
    FROM series
    CROSS JOIN LATERAL audience_catch_ups(
        series.track_id, series.platform_id, CAST(:start_date AS date), CAST(:end_date AS date)
    ) AS found
),

ordered AS (
    SELECT
        series.base_date,
        points.platform_id,
        points.date,
        points.audience_value AS total,
        late.date IS NOT NULL AS is_late,
        NOT counts_the_same(
            platforms.plot_rule,
            lag(points.platform_identifier) OVER by_date,
            lag(points.api_data) OVER by_date,
            points.platform_identifier,
            points.api_data
        ) AS is_unlike,
        lag(points.date) OVER by_date AS date_before,
        lag(points.audience_value) OVER by_date AS total_before,
        lag(points.audience_value, 2) OVER by_date AS total_before_that,
        max(points.audience_value) OVER (by_date ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS highest
    FROM series
    JOIN platforms ON platforms.id = series.platform_id
    JOIN track_audience_time_series AS points
        ON points.track_id = series.track_id
        AND points.platform_id = series.platform_id
        AND points.date BETWEEN CAST(:start_date AS date) - 90 AND :end_date
    LEFT JOIN late
        ON late.track_id = points.track_id
        AND late.platform_id = points.platform_id
        AND late.date = points.date
    WINDOW by_date AS (PARTITION BY points.track_id, points.platform_id ORDER BY points.date)
),

steps AS (
    SELECT
        platform_id,
        date,
        CASE
            WHEN base_date IS NOT NULL
                AND NOT is_late
                AND is_unlike IS NOT TRUE
                AND date - coalesce(date_before, base_date) = 1
                AND (total_before < total_before_that) IS NOT TRUE
                AND (total_before < highest AND total >= highest) IS NOT TRUE
            THEN total - coalesce(total_before, 0)
        END AS gain
    FROM ordered
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
    (array_agg(date ORDER BY gain DESC, date) FILTER (WHERE gain > 0))[1] AS best_day,
    max(gain) FILTER (WHERE gain > 0) AS best_gain
FROM days
GROUP BY platform_id;
