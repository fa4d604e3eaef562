-- Every chart that ever had a track, the best first: its peak, its number of rankings, the dates, and the current
-- position. The peak is the best position known: in `rankings` stored ones, or before one of them according to the
-- API if that ranking is not stored, or lacks rows and the track. `newest_` is what the chart's newest ranking lacks.
WITH stood AS (
    SELECT
        chart_id,
        min(position) AS position,
        count(*) FILTER (WHERE NOT repeats) AS rankings,
        least(min(ranked_on), min(entry_date)) AS entered,
        min(ranked_on) AS first_seen,
        max(ranked_on) AS last_seen
    FROM chart_ranking_entries
    WHERE track_id = :track_id
    GROUP BY chart_id
),

better AS MATERIALIZED (
    SELECT entries.chart_id, entries.ranked_on, entries.previous_position
    FROM chart_ranking_entries AS entries
    JOIN stood ON stood.chart_id = entries.chart_id
    WHERE entries.track_id = :track_id
        AND NOT entries.repeats
        AND entries.previous_position < stood.position
),

api_best AS (
    SELECT better.chart_id, min(better.previous_position) AS position
    FROM better
    LEFT JOIN LATERAL ranking_before(better.chart_id, better.ranked_on) AS before ON true
    LEFT JOIN chart_rankings AS rankings
        ON rankings.chart_id = better.chart_id AND rankings.ranked_on = before.ranked_on
    WHERE rankings.is_whole IS NOT TRUE
        AND NOT EXISTS (
            SELECT FROM chart_ranking_entries AS former
            WHERE former.chart_id = better.chart_id
                AND former.ranked_on = before.ranked_on
                AND former.track_id = :track_id
        )
    GROUP BY better.chart_id
)

SELECT
    charts.id,
    charts.slug,
    charts.name,
    platforms.slug AS platform_slug,
    platforms.name AS platform_name,
    charts.place,
    charts.country_code,
    charts.country,
    chart_period(charts.frequency) AS period,
    charts.version,
    charts.last_ranked_on,
    newest.missing_positions AS newest_missing_positions,
    newest.refused_rows AS newest_refused_rows,
    coalesce(api_best.position, stood.position) AS peak,
    api_best.position IS NOT NULL AS peak_is_from_api,
    stood.rankings,
    stood.entered,
    stood.first_seen,
    stood.last_seen,
    latest.position AS last_position,
    latest.time_on_chart,
    latest.time_on_chart_unit
FROM stood
LEFT JOIN api_best ON api_best.chart_id = stood.chart_id
JOIN charts ON charts.id = stood.chart_id
JOIN platforms ON platforms.id = charts.platform_id
LEFT JOIN chart_rankings AS newest ON newest.chart_id = charts.id AND newest.ranked_on = charts.last_ranked_on
JOIN LATERAL (
    SELECT entries.position, entries.time_on_chart, entries.time_on_chart_unit
    FROM chart_ranking_entries AS entries
    WHERE entries.track_id = :track_id AND entries.chart_id = stood.chart_id AND entries.ranked_on = stood.last_seen
    ORDER BY entries.position
    LIMIT 1
) AS latest ON true
ORDER BY peak, stood.rankings DESC, charts.id;
