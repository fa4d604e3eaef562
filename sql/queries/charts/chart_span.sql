-- The first and last known date.
SELECT min(ranked_on) AS first, max(ranked_on) AS last
FROM (
    SELECT ranked_on FROM chart_rankings WHERE chart_id = :chart_id
    UNION ALL
    SELECT ranked_on FROM chart_dates WHERE chart_id = :chart_id
    UNION ALL
    SELECT ranked_on FROM chart_rankings_set_aside WHERE chart_id = :chart_id
) AS known;
