-- Every chart that ever had a track, the best first: its peak, how often it was there, from when to when, and now. The
-- peak is the best position known: in `rankings` that are held, or before one of them as the API says where that ranking
-- is not held.
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

told AS (
    SELECT better.chart_id, min(better.previous_position) AS position
    FROM better
    LEFT JOIN LATERAL ranking_before(better.chart_id, better.ranked_on) AS before ON true
    WHERE before.is_held IS NOT TRUE
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
    coalesce(told.position, stood.position) AS peak,
    told.position IS NOT NULL AS peak_is_from_api,
    stood.rankings,
    stood.entered,
    stood.first_seen,
    stood.last_seen,
    newest.position AS last_position,
    newest.time_on_chart,
    newest.time_on_chart_unit
FROM stood
LEFT JOIN told ON told.chart_id = stood.chart_id
JOIN charts ON charts.id = stood.chart_id
JOIN platforms ON platforms.id = charts.platform_id
JOIN LATERAL (
    SELECT entries.position, entries.time_on_chart, entries.time_on_chart_unit
    FROM chart_ranking_entries AS entries
    WHERE entries.track_id = :track_id AND entries.chart_id = stood.chart_id AND entries.ranked_on = stood.last_seen
    ORDER BY entries.position
    LIMIT 1
) AS newest ON true
ORDER BY peak, stood.rankings DESC, charts.id;
