-- A chart's health, its stored rankings, and the API's rankings that are not stored.
SELECT
    chart_health.health,
    chart_health.is_active,
    held.rankings,
    held.first_ranked_on,
    newest.entry_count,
    newest.missing_positions,
    newest.refused_rows,
    newest.fetched_at,
    newest.checked_at,
    (
        SELECT count(*)
        FROM chart_dates
        WHERE chart_dates.chart_id = :chart_id
            AND NOT EXISTS (
                SELECT FROM chart_rankings
                WHERE chart_rankings.chart_id = :chart_id AND chart_rankings.ranked_on = chart_dates.ranked_on
            )
    ) AS not_held
FROM chart_health
CROSS JOIN (
    SELECT count(*) AS rankings, min(ranked_on) AS first_ranked_on, max(ranked_on) AS last_ranked_on
    FROM chart_rankings
    WHERE chart_id = :chart_id
) AS held
LEFT JOIN chart_rankings AS newest
    ON newest.chart_id = :chart_id AND newest.ranked_on = held.last_ranked_on
WHERE chart_health.chart_id = :chart_id;
