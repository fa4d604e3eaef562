-- The charts of a platform, enabled ones first.
SELECT
    charts.slug,
    charts.name,
    charts.place,
    charts.frequency,
    charts.last_ranked_on,
    charts.sync_error,
    chart_health.health,
    chart_health.is_active,
    newest.entry_count,
    count(*) OVER () AS found
FROM charts
JOIN chart_health ON chart_health.chart_id = charts.id
LEFT JOIN chart_rankings AS newest
    ON newest.chart_id = charts.id
    AND newest.ranked_on = charts.last_ranked_on
WHERE charts.platform_id = :platform_id
ORDER BY charts.sync_enabled DESC, charts.last_ranked_on IS NULL, lower(charts.name), charts.id
LIMIT :size;
