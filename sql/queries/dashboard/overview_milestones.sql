-- The tracks whose total passed a milestone on a platform in the `days` days to `end`, or to the platform's newest
-- whole day if that is earlier: the base of their gain is below it, and their last total is not. A gain that is unknown or has a
-- caveat passes none. A row per track and platform with the highest milestone; `tracks` counts the tracks. The
-- milestones are 1, 2 and 5 times each power of ten, from a million on.
WITH milestones AS (
    SELECT CAST(factors.factor * 10 ^ powers.power AS bigint) AS milestone
    FROM unnest(ARRAY[1, 2, 5]) AS factors (factor)
    CROSS JOIN generate_series(6, 12) AS powers (power)
),

newest AS (
    SELECT
        platforms.id,
        least(dated.last_whole_date, CAST(:end AS date)) AS last_day
    FROM platforms
    CROSS JOIN LATERAL (
        SELECT states.last_whole_date FROM audience_states AS states
        WHERE states.platform_id = platforms.id AND states.last_whole_date IS NOT NULL
        ORDER BY states.last_whole_date DESC
        LIMIT 1
    ) AS dated
    WHERE CAST(:platform_id AS integer) IS NULL OR platforms.id = :platform_id
),

passed AS (
    SELECT
        states.track_id,
        states.platform_id,
        found.total,
        max(milestones.milestone) AS milestone
    FROM newest
    JOIN audience_states AS states
        ON states.platform_id = newest.id
        AND states.last_date > newest.last_day - :days
        AND states.first_date <= newest.last_day
    JOIN tracks ON tracks.id = states.track_id
    CROSS JOIN LATERAL audience_gain_of(states, newest.last_day - :days + 1, newest.last_day) AS found
    JOIN milestones ON found.total - found.gain < milestones.milestone AND milestones.milestone <= found.total
    WHERE (states.latest_value >= 1000000 OR states.fell_on > newest.last_day)
        AND found.caveat IS NULL
        AND (CAST(:released_since AS date) IS NULL OR tracks.release_date >= :released_since)
        AND (
            CAST(:list_id AS bigint) IS NULL
            OR states.track_id = ANY(ARRAY(SELECT listed.track_id FROM list_track_ids(:list_id) AS listed))
        )
        AND (
            CAST(:country AS text) IS NULL
            OR EXISTS (
                SELECT FROM chart_tracks AS stood
                JOIN charts ON charts.id = stood.chart_id
                WHERE stood.track_id = states.track_id AND charts.country_code = replace(:country, '-', '')
            )
        )
    GROUP BY states.track_id, states.platform_id, found.total
),

counted AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY track_id ORDER BY milestone DESC, platform_id) AS nth
    FROM passed
)

SELECT
    count(*) FILTER (WHERE counted.nth = 1) OVER () AS tracks,
    counted.milestone,
    counted.total,
    platforms.slug AS platform_slug,
    platforms.name AS platform_name,
    platforms.audience_metric_name AS metric_name,
    tracks.uuid,
    tracks.name
FROM counted
JOIN platforms ON platforms.id = counted.platform_id
JOIN tracks ON tracks.id = counted.track_id
ORDER BY counted.milestone DESC, counted.total DESC, counted.track_id, counted.platform_id
LIMIT :size;
