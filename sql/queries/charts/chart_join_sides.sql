-- The two charts of a join with their stored rankings and live runs, the winner first.
SELECT
    charts.id,
    charts.slug,
    charts.name,
    charts.place,
    charts.frequency,
    platforms.name AS platform,
    charts.sync_enabled,
    count(rankings.ranked_on) AS rankings,
    min(rankings.ranked_on) AS first_ranked_on,
    max(rankings.ranked_on) AS last_ranked_on,
    (
        SELECT count(*) FROM job_runs
        WHERE state = 'queued'
            AND args ->> 'chart' IN (SELECT slugs.slug FROM chart_slugs AS slugs WHERE slugs.chart_id = charts.id)
    ) AS queued,
    (
        SELECT count(*) FROM job_runs
        WHERE state = 'running'
            AND args ->> 'chart' IN (SELECT slugs.slug FROM chart_slugs AS slugs WHERE slugs.chart_id = charts.id)
    ) AS running
FROM charts
JOIN platforms ON platforms.id = charts.platform_id
LEFT JOIN chart_rankings AS rankings ON rankings.chart_id = charts.id
WHERE charts.id IN (:winner, :loser)
GROUP BY charts.id, platforms.name
ORDER BY charts.id = :winner DESC;
