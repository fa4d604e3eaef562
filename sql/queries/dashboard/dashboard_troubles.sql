-- Charts that are failing or late: the last to fail first, then the last to fall behind.
SELECT
    charts.slug,
    charts.name,
    platforms.name AS platform_name,
    charts.place,
    chart_health.health,
    charts.sync_error,
    charts.last_ranked_on
FROM charts
JOIN chart_health ON chart_health.chart_id = charts.id
JOIN platforms ON platforms.id = charts.platform_id
WHERE chart_health.health IN ('failing', 'late')
    AND (CAST(:platform_id AS integer) IS NULL OR charts.platform_id = :platform_id)
    AND (CAST(:country AS text) IS NULL OR charts.country_code = replace(:country, '-', ''))
    AND (
        CAST(:list_id AS bigint) IS NULL
        OR charts.id = ANY(ARRAY(SELECT listed.chart_id FROM list_chart_ids(:list_id) AS listed))
    )
ORDER BY
    chart_health.health, charts.sync_failed_at DESC NULLS LAST, charts.last_ranked_on DESC NULLS LAST, charts.id
LIMIT :size;
