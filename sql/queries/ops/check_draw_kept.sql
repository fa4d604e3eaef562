-- The figures of series in audience_states, for lists and cards, and those of the stored values. The tracks are
-- random, the same for the same seed. If a series has no row in audience_states, the kept columns are null.
WITH drawn AS (
    SELECT id
    FROM tracks
    ORDER BY md5(:seed || ' ' || id)
    LIMIT :size
)

SELECT
    drawn.id AS track_id,
    platforms.id AS platform_id,
    points.first_date,
    points.last_date,
    (
        SELECT max(date) FROM track_audience_time_series AS whole
        WHERE whole.track_id = drawn.id
            AND whole.platform_id = platforms.id
            AND (whole.date < points.last_date OR whole.date <> CAST(whole.fetched_at AT TIME ZONE 'UTC' AS date))
    ) AS last_whole_date,
    (
        SELECT audience_value FROM track_audience_time_series
        WHERE track_id = drawn.id AND platform_id = platforms.id AND date = points.last_date
    ) AS total,
    (
        SELECT max(later.date)
        FROM track_audience_time_series AS later
        WHERE later.track_id = drawn.id
            AND later.platform_id = platforms.id
            AND later.audience_value < (
                SELECT earlier.audience_value
                FROM track_audience_time_series AS earlier
                WHERE earlier.track_id = drawn.id
                    AND earlier.platform_id = platforms.id
                    AND earlier.date < later.date
                ORDER BY earlier.date DESC
                LIMIT 1
            )
    ) AS fell_on,
    states.first_date AS kept_first_date,
    states.last_date AS kept_last_date,
    states.last_whole_date AS kept_last_whole_date,
    states.latest_value AS kept_total,
    states.fell_on AS kept_fell_on,
    states.gain_7_days AS kept_gain,
    -- Days, mark and the gain before, as computed for a page, compared with the stored ones.
    concat_ws(
        ' ',
        coalesce(summary.gain_7_days_covers, 0),
        summary.gain_7_days_base,
        summary.gain_7_days_caveat,
        summary.gain_7_days_before
    ) AS words,
    concat_ws(
        ' ',
        coalesce(states.gain_7_days_covers, 0),
        states.gain_7_days_base,
        states.gain_7_days_caveat,
        states.gain_7_days_before
    ) AS kept_words
FROM drawn
CROSS JOIN platforms
CROSS JOIN LATERAL (
    SELECT min(date) AS first_date, max(date) AS last_date
    FROM track_audience_time_series
    WHERE track_id = drawn.id AND platform_id = platforms.id
) AS points
CROSS JOIN LATERAL audience_summary(drawn.id, platforms.id) AS summary
LEFT JOIN audience_states AS states ON states.track_id = drawn.id AND states.platform_id = platforms.id
WHERE points.last_date IS NOT NULL
ORDER BY md5(:seed || ' ' || drawn.id || ' ' || platforms.id)
LIMIT :size;
