-- All platforms with their charts, the number of enabled ones, and the tracks with data.
SELECT
    platforms.slug,
    platforms.name,
    platforms.platform_type,
    platforms.audience_metric_name AS metric_name,
    platforms.has_song_audience,
    platforms.has_song_charts,
    coalesce(charted.charts, 0) AS charts,
    coalesce(charted.enabled, 0) AS enabled,
    coalesce(charted.healthy, 0) AS healthy,
    coalesce(covered.tracks, 0) AS tracks,
    covered.last_date
FROM platforms
LEFT JOIN (
    SELECT
        charts.platform_id,
        count(*) AS charts,
        count(*) FILTER (WHERE charts.sync_enabled) AS enabled,
        count(*) FILTER (WHERE chart_health.health = 'healthy') AS healthy
    FROM charts
    JOIN chart_health ON chart_health.chart_id = charts.id
    GROUP BY charts.platform_id
) AS charted ON charted.platform_id = platforms.id
LEFT JOIN (
    SELECT platform_id, count(*) AS tracks, max(last_date) AS last_date
    FROM audience_states
    WHERE last_date IS NOT NULL
    GROUP BY platform_id
) AS covered ON covered.platform_id = platforms.id
WHERE platforms.slug <> 'isrc'
ORDER BY covered.tracks DESC NULLS LAST, charted.charts DESC NULLS LAST, lower(platforms.name);
