-- The tracks that reached a new peak on a followed chart in a period: higher in a ranking of the period than in any
-- before it, of which at least one is held. A previous position of the API counts as in track_charts.sql: one from
-- before the period that is as high rules the peak out. A row per track with the number of charts, its best new peak,
-- the number of tracks, and of how many of them the peak may have been better (peak_note() in Python).
WITH wanted AS (
    SELECT id FROM charts
    WHERE sync_enabled
        AND (CAST(:platform_id AS integer) IS NULL OR platform_id = :platform_id)
        AND (CAST(:country AS text) IS NULL OR country_code = replace(:country, '-', ''))
),

stood AS (
    SELECT DISTINCT
        entries.chart_id,
        entries.track_id
    FROM chart_ranking_entries AS entries
    JOIN tracks ON tracks.id = entries.track_id
    WHERE entries.ranked_on BETWEEN :start AND :end
        AND entries.chart_id IN (SELECT wanted.id FROM wanted)
        AND (CAST(:released_since AS date) IS NULL OR tracks.release_date >= :released_since)
        AND (
            CAST(:list_id AS bigint) IS NULL
            OR entries.track_id = ANY(ARRAY(SELECT listed.track_id FROM list_track_ids(:list_id) AS listed))
        )
),

held AS (
    SELECT
        stood.chart_id,
        stood.track_id,
        min(entries.position) FILTER (WHERE entries.ranked_on >= :start) AS position,
        min(entries.position) FILTER (WHERE entries.ranked_on < :start) AS former_position,
        count(*) AS rankings,
        max(entries.ranked_on) AS last_seen
    FROM stood
    JOIN chart_ranking_entries AS entries
        ON entries.chart_id = stood.chart_id
        AND entries.track_id = stood.track_id
        AND entries.ranked_on <= :end
        AND NOT entries.repeats
    GROUP BY stood.chart_id, stood.track_id
),

higher AS MATERIALIZED (
    SELECT * FROM held
    WHERE position < former_position
),

from_api AS (
    SELECT
        higher.chart_id,
        higher.track_id,
        min(entries.previous_position) AS position,
        bool_or(coalesce(before.ranked_on < :start, true)) AS is_former
    FROM higher
    JOIN chart_ranking_entries AS entries
        ON entries.chart_id = higher.chart_id
        AND entries.track_id = higher.track_id
        AND entries.ranked_on <= :end
        AND NOT entries.repeats
        AND entries.previous_position <= higher.position
    LEFT JOIN LATERAL ranking_before(entries.chart_id, entries.ranked_on) AS before ON true
    LEFT JOIN chart_rankings AS rankings
        ON rankings.chart_id = entries.chart_id AND rankings.ranked_on = before.ranked_on
    WHERE rankings.is_whole IS NOT TRUE
        AND NOT EXISTS (
            SELECT FROM chart_ranking_entries AS former
            WHERE former.chart_id = entries.chart_id
                AND former.ranked_on = before.ranked_on
                AND former.track_id = entries.track_id
        )
    GROUP BY higher.chart_id, higher.track_id
),

peaks AS (
    SELECT
        higher.chart_id,
        higher.track_id,
        coalesce(from_api.position, higher.position) AS position,
        coalesce(latest.time_on_chart > higher.rankings, true) AS may_be_better
    FROM higher
    LEFT JOIN from_api ON from_api.chart_id = higher.chart_id AND from_api.track_id = higher.track_id
    CROSS JOIN LATERAL (
        SELECT entries.time_on_chart FROM chart_ranking_entries AS entries
        WHERE entries.chart_id = higher.chart_id
            AND entries.track_id = higher.track_id
            AND entries.ranked_on = higher.last_seen
        ORDER BY entries.position
        LIMIT 1
    ) AS latest
    WHERE from_api.is_former IS NOT TRUE
),

best AS (
    SELECT DISTINCT ON (track_id)
        *,
        count(*) OVER (PARTITION BY track_id) AS charts,
        bool_and(may_be_better) OVER (PARTITION BY track_id) AS is_unsure
    FROM peaks
    ORDER BY track_id, position, chart_id
)

SELECT
    count(*) OVER () AS tracks,
    count(*) FILTER (WHERE best.is_unsure) OVER () AS unsure,
    best.charts,
    best.position,
    charts.slug AS chart_slug,
    charts.name AS chart_name,
    platforms.name AS platform_name,
    tracks.uuid,
    tracks.name
FROM best
JOIN charts ON charts.id = best.chart_id
JOIN platforms ON platforms.id = charts.platform_id
JOIN tracks ON tracks.id = best.track_id
ORDER BY best.position, best.charts DESC, best.track_id
LIMIT :size;
