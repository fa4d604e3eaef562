-- Every chart that ever had a track, the best first: where it stood at best, how often, from when to when, and now.
WITH stood AS (
    SELECT
        chart_id,
        min(position) AS peak,
        count(*) FILTER (WHERE NOT repeats) AS rankings,
        least(min(ranked_on), min(entry_date)) AS entered,
        min(ranked_on) AS first_seen,
        max(ranked_on) AS last_seen
    FROM chart_ranking_entries
    WHERE track_id = :track_id
    GROUP BY chart_id
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
    stood.peak,
    stood.rankings,
    stood.entered,
    stood.first_seen,
    stood.last_seen,
    newest.position AS last_position,
    newest.time_on_chart,
    newest.time_on_chart_unit
FROM stood
JOIN charts ON charts.id = stood.chart_id
JOIN platforms ON platforms.id = charts.platform_id
JOIN LATERAL (
    SELECT entries.position, entries.time_on_chart, entries.time_on_chart_unit
    FROM chart_ranking_entries AS entries
    WHERE entries.track_id = :track_id AND entries.chart_id = stood.chart_id AND entries.ranked_on = stood.last_seen
    ORDER BY entries.position
    LIMIT 1
) AS newest ON true
ORDER BY stood.peak, stood.rankings DESC, charts.id;
