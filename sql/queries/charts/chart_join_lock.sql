-- The two charts of a join, locked until its end.
SELECT
    charts.id,
    charts.slug,
    charts.name,
    platforms.name AS platform
FROM charts
JOIN platforms ON platforms.id = charts.platform_id
WHERE charts.id IN (:winner, :loser)
ORDER BY charts.id
FOR UPDATE OF charts;
