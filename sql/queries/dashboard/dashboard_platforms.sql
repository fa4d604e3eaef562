-- The platforms with most rankings dated on or after a day.
SELECT
    platforms.id,
    platforms.slug,
    platforms.name,
    count(*) AS rankings,
    sum(chart_rankings.entry_count) AS entries
FROM chart_rankings
JOIN charts ON charts.id = chart_rankings.chart_id
JOIN platforms ON platforms.id = charts.platform_id
WHERE chart_rankings.ranked_on >= :since
    AND (CAST(:platform_id AS integer) IS NULL OR charts.platform_id = :platform_id)
    AND (CAST(:country AS text) IS NULL OR charts.country_code = replace(:country, '-', ''))
    AND (
        CAST(:list_id AS bigint) IS NULL
        OR charts.id = ANY(ARRAY(SELECT listed.chart_id FROM list_chart_ids(:list_id) AS listed))
    )
GROUP BY platforms.id
ORDER BY rankings DESC, platforms.id
LIMIT :size;
