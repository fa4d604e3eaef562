-- The number of charts by health.
SELECT
    count(*) FILTER (WHERE chart_health.health <> 'idle') AS enabled,
    count(*) FILTER (WHERE chart_health.health = 'healthy') AS healthy,
    count(*) FILTER (WHERE chart_health.health = 'late') AS late,
    count(*) FILTER (WHERE chart_health.health = 'failing') AS failing,
    count(*) FILTER (WHERE chart_health.health = 'idle') AS idle,
    count(*) FILTER (WHERE chart_health.is_active) AS active
FROM charts
JOIN chart_health ON chart_health.chart_id = charts.id
WHERE (CAST(:platform_id AS integer) IS NULL OR charts.platform_id = :platform_id)
    AND (CAST(:country AS text) IS NULL OR charts.country_code = replace(:country, '-', ''))
    AND (
        CAST(:list_id AS bigint) IS NULL
        OR charts.id = ANY(ARRAY(SELECT listed.chart_id FROM list_chart_ids(:list_id) AS listed))
    );
