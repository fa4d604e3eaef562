-- Random charts, the same for the same seed, with their health as the site shows it.
SELECT
    charts.id AS chart_id,
    charts.name,
    chart_health.health
FROM charts
JOIN chart_health ON chart_health.chart_id = charts.id
ORDER BY md5(:seed || ' ' || charts.id)
LIMIT :size;
