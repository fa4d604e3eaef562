-- Every chart that ever had a track, the best first: its peak, its number of rankings, the dates, and the current
-- position. The peak is the best position known: in `rankings` stored ones, or before one of them according to the
-- API if that ranking is not stored, or lacks rows and the track. `newest_` is what the chart's newest ranking lacks.
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
    least(stood.peak, stood.api_peak) AS peak,
    coalesce(stood.api_peak < stood.peak, false) AS peak_is_from_api,
    stood.rankings,
    least(stood.first_on, stood.entry_date) AS entered,
    stood.first_on AS first_seen,
    stood.last_on AS last_seen,
    stood.last_position,
    stood.time_on_chart,
    stood.time_on_chart_unit
FROM chart_tracks AS stood
JOIN charts ON charts.id = stood.chart_id
JOIN platforms ON platforms.id = charts.platform_id
LEFT JOIN chart_rankings AS newest ON newest.chart_id = charts.id AND newest.ranked_on = charts.last_ranked_on
WHERE stood.track_id = :track_id
ORDER BY peak, stood.rankings DESC, charts.id;
