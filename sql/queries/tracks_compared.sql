-- Some tracks on one platform: a row per track and date, with its day since the release. All rows of a track are
-- read, so that the first gain of a range is true. A series that begins in the range counts from 0 where
-- begins_at_zero().
WITH held AS (
    SELECT
        points.track_id,
        points.date,
        points.audience_value,
        points.fetched_at,
        points.platform_identifier,
        points.api_data,
        platforms.plot_rule,
        tracks.release_date,
        min(points.date) OVER (PARTITION BY points.track_id) AS begins,
        max(points.date) OVER () AS newest
    FROM unnest(CAST(:track_ids AS bigint[])) AS wanted (track_id)
    JOIN tracks ON tracks.id = wanted.track_id
    JOIN platforms ON platforms.id = :platform_id
    JOIN track_audience_time_series AS points
        ON points.track_id = wanted.track_id
        AND points.platform_id = :platform_id
        AND points.date >= :first_date
),

ranged AS (
    SELECT
        *,
        CASE
            WHEN CAST(:days AS integer) IS NULL THEN begins
            WHEN :by = 'release' THEN release_date
            ELSE newest - CAST(:days AS integer) + 1
        END AS first_day,
        CASE
            WHEN CAST(:days AS integer) IS NOT NULL AND :by = 'release' THEN release_date + CAST(:days AS integer) - 1
            ELSE newest
        END AS last_day
    FROM held
),

based AS (
    SELECT
        *,
        CASE
            WHEN begins_at_zero(begins, release_date, first_day, last_day) THEN zero_day(begins, release_date)
        END AS zero_day
    FROM ranged
),

compared AS (
    SELECT
        *,
        coalesce(lag(date) OVER by_date, zero_day) AS base_date,
        coalesce(lag(audience_value) OVER by_date, CASE WHEN zero_day IS NOT NULL THEN 0 END) AS base,
        coalesce(
            NOT counts_the_same(
                plot_rule,
                lag(platform_identifier) OVER by_date,
                lag(api_data) OVER by_date,
                platform_identifier,
                api_data
            ),
            false
        ) AS identifiers_changed
    FROM based
    WINDOW by_date AS (PARTITION BY track_id ORDER BY date)
),

-- What each track gained in its whole range.
whole AS MATERIALIZED (
    SELECT ranges.track_id, gained.base_date, gained.gain, gained.caveat
    FROM (SELECT DISTINCT track_id, first_day, last_day FROM ranged) AS ranges
    LEFT JOIN audience_states AS states
        ON states.track_id = ranges.track_id AND states.platform_id = :platform_id
    CROSS JOIN LATERAL audience_gain(
        ranges.track_id, :platform_id, ranges.first_day, ranges.last_day, states.fell_on
    ) AS gained
)

SELECT
    compared.track_id,
    compared.date,
    compared.date - compared.release_date AS day,
    compared.audience_value AS total,
    compared.audience_value - compared.base AS gain,
    compared.date - compared.base_date AS covers,
    compared.identifiers_changed,
    compared.fetched_at,
    whole.base_date AS range_base_date,
    whole.gain AS range_gain,
    whole.caveat AS range_caveat
FROM compared
JOIN whole USING (track_id)
WHERE compared.date BETWEEN compared.first_day AND compared.last_day
    AND (:by <> 'release' OR compared.release_date IS NOT NULL)
ORDER BY compared.track_id, compared.date;
