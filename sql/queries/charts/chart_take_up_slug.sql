-- Restores a former slug of a chart, which the API uses again; the present one becomes an alias. The chart is due at
-- once. Returns no row if `slug` is not an alias of the chart.
WITH again AS (
    DELETE FROM chart_aliases
    WHERE slug = :slug AND chart_id = :chart_id
    RETURNING slug, chart_id
),

former AS (
    INSERT INTO chart_aliases (slug, chart_id)
    SELECT charts.slug, again.chart_id
    FROM again
    JOIN charts ON charts.id = again.chart_id
    RETURNING slug, chart_id
),

views AS (
    UPDATE saved_views
    SET url = replace(saved_views.url, '/charts/' || former.slug || '/', '/charts/' || again.slug || '/')
    FROM former
    CROSS JOIN again
    WHERE starts_with(saved_views.url, '/charts/' || former.slug || '/')
)

UPDATE charts
SET slug = again.slug, next_sync_at = NULL, version = charts.version + 1
FROM again
JOIN former USING (chart_id)
WHERE charts.id = again.chart_id
RETURNING former.slug;
