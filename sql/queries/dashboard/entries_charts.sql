-- The followed charts with a ranking, for the choice of one.
SELECT
    charts.slug,
    charts.name,
    charts.place,
    platforms.name AS platform_name
FROM charts
JOIN platforms ON platforms.id = charts.platform_id
WHERE charts.sync_enabled AND charts.last_ranked_on IS NOT NULL
ORDER BY lower(platforms.name), lower(charts.place), lower(charts.name), charts.id;
