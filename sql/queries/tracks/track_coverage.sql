-- The coverage of one track on every platform: days with a value from the first to the last, the longest gap between
-- two of them, and the last lookup. Platforms without song audience come last.
WITH days AS (
    SELECT
        platform_id,
        date,
        date - lag(date) OVER (PARTITION BY platform_id ORDER BY date) - 1 AS missing_before
    FROM track_audience_time_series
    WHERE track_id = :track_id
),

covered AS (
    SELECT
        platform_id,
        min(date) AS first_date,
        max(date) AS last_date,
        count(*) AS days,
        coalesce(max(missing_before), 0) AS longest_gap
    FROM days
    GROUP BY platform_id
)

SELECT
    platforms.slug,
    platforms.name,
    platforms.has_song_audience AS offered,
    coalesce(states.status, 'never') AS status,
    states.looked_at,
    states.fetched_at,
    covered.first_date,
    covered.last_date,
    coalesce(covered.days, 0) AS days,
    coalesce(covered.longest_gap, 0) AS longest_gap
FROM platforms
LEFT JOIN audience_states AS states ON states.platform_id = platforms.id AND states.track_id = :track_id
LEFT JOIN covered ON covered.platform_id = platforms.id
WHERE platforms.slug <> 'isrc'
ORDER BY
    (platforms.has_song_audience OR covered.days IS NOT NULL) DESC,
    covered.last_date IS NULL,
    states.looked_at IS NULL,
    platforms.name;
