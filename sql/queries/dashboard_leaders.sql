-- Tracks by what they gained on a platform in the `days` days to `end`: the last total in them, minus the last total
-- before them (at most 7 days older, since what it covers would be another time). The change is on the same gain of
-- the days before those, and none from a base under 1,000. A country's tracks are those that stood on a chart of it.
WITH wanted AS (
    SELECT states.track_id
    FROM audience_states AS states
    JOIN tracks ON tracks.id = states.track_id
    WHERE states.platform_id = :platform_id
        AND states.last_date > CAST(:end AS date) - :days
        AND states.first_date <= CAST(:end AS date) - :days
        AND (CAST(:released_since AS date) IS NULL OR tracks.release_date >= :released_since)
        AND (
            CAST(:list_id AS bigint) IS NULL
            OR states.track_id = ANY(ARRAY(SELECT listed.track_id FROM list_track_ids(:list_id) AS listed))
        )
        AND (
            CAST(:country AS text) IS NULL
            OR EXISTS (
                SELECT FROM chart_ranking_entries AS entries
                JOIN charts ON charts.id = entries.chart_id
                WHERE entries.track_id = states.track_id AND charts.country_code = replace(:country, '-', '')
            )
        )
),

gained AS (
    SELECT
        wanted.track_id,
        newest.date AS last_date,
        newest.audience_value AS total,
        newest.audience_value - base.audience_value AS gain,
        base.audience_value - former.audience_value AS gain_before
    FROM wanted
    JOIN LATERAL (
        SELECT date, audience_value FROM track_audience_time_series
        WHERE track_id = wanted.track_id AND platform_id = :platform_id
            AND date BETWEEN CAST(:end AS date) - :days + 1 AND :end
        ORDER BY date DESC
        LIMIT 1
    ) AS newest ON true
    JOIN LATERAL (
        SELECT audience_value FROM track_audience_time_series
        WHERE track_id = wanted.track_id AND platform_id = :platform_id
            AND date BETWEEN CAST(:end AS date) - :days - 7 AND CAST(:end AS date) - :days
        ORDER BY date DESC
        LIMIT 1
    ) AS base ON true
    LEFT JOIN LATERAL (
        SELECT audience_value FROM track_audience_time_series
        WHERE track_id = wanted.track_id AND platform_id = :platform_id
            AND date BETWEEN CAST(:end AS date) - 2 * :days - 7 AND CAST(:end AS date) - 2 * :days
        ORDER BY date DESC
        LIMIT 1
    ) AS former ON true
),

changed AS (
    SELECT
        *,
        CASE WHEN gain_before >= 1000 THEN CAST(gain - gain_before AS double precision) / gain_before END AS change
    FROM gained
),

placed AS (
    SELECT
        *,
        CASE WHEN gain > 0 THEN row_number() OVER (ORDER BY gain DESC, track_id) END AS by_gain,
        CASE WHEN change > 0 THEN row_number() OVER (ORDER BY change DESC NULLS LAST, track_id) END AS by_change
    FROM changed
)

SELECT
    tracks.uuid,
    tracks.name,
    tracks.credit_name,
    placed.last_date,
    placed.total,
    placed.gain,
    placed.gain_before,
    placed.change,
    CASE WHEN placed.by_gain <= :size THEN placed.by_gain END AS by_gain,
    CASE WHEN placed.by_change <= :size THEN placed.by_change END AS by_change
FROM placed
JOIN tracks ON tracks.id = placed.track_id
WHERE placed.by_gain <= :size OR placed.by_change <= :size
ORDER BY placed.by_gain, placed.by_change;
