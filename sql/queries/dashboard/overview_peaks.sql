-- The tracks that reached a new peak on a followed chart in a period: higher in a ranking of the period than in any
-- before it, of which at least one is held. A previous position of the API counts as in chart_tracks: one from
-- before the period that is as high rules the peak out. A row per track with the number of charts, its best new peak,
-- the number of tracks, and of how many of them the peak may have been better (peak_note() in Python). Tracks that are on
-- the chart after the period too are counted from the entries up to its end.
WITH risen AS MATERIALIZED (
    SELECT stored.*
    FROM chart_tracks AS stored
    JOIN charts ON charts.id = stored.chart_id
    JOIN tracks ON tracks.id = stored.track_id
    WHERE stored.peak_on >= :start
        AND stored.first_on < :start
        AND stored.peak_on > stored.first_on
        AND charts.sync_enabled
        AND (CAST(:platform_id AS integer) IS NULL OR charts.platform_id = :platform_id)
        AND (CAST(:country AS text) IS NULL OR charts.country_code = replace(:country, '-', ''))
        AND (CAST(:released_since AS date) IS NULL OR tracks.release_date >= :released_since)
        AND (
            CAST(:list_id AS bigint) IS NULL
            OR stored.track_id = ANY(ARRAY(SELECT listed.track_id FROM list_track_ids(:list_id) AS listed))
        )
),

held AS (
    SELECT
        risen.chart_id,
        risen.track_id,
        min(entries.position) FILTER (WHERE entries.ranked_on >= :start) AS position,
        min(entries.position) FILTER (WHERE entries.ranked_on < :start) AS former_position,
        count(*) AS rankings,
        (array_agg(entries.time_on_chart ORDER BY entries.ranked_on DESC, entries.position))[1] AS time_on_chart
    FROM risen
    JOIN chart_ranking_entries AS entries
        ON entries.chart_id = risen.chart_id
        AND entries.track_id = risen.track_id
        AND entries.ranked_on <= :end
        AND NOT entries.repeats
    WHERE risen.last_on > :end
    GROUP BY risen.chart_id, risen.track_id
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
        chart_id,
        track_id,
        coalesce(api_peak, peak) AS position,
        coalesce(time_on_chart > rankings, true) AS may_be_better
    FROM risen
    WHERE last_on <= :end AND (api_since >= :start OR api_since IS NULL)
    UNION ALL
    SELECT
        higher.chart_id,
        higher.track_id,
        coalesce(from_api.position, higher.position),
        coalesce(higher.time_on_chart > higher.rankings, true)
    FROM higher
    LEFT JOIN from_api ON from_api.chart_id = higher.chart_id AND from_api.track_id = higher.track_id
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
