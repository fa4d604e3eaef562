-- The dates of a chart in a range that have a stored, available or set-aside ranking; of the others only their
-- availability is known.
WITH known AS (
    SELECT ranked_on FROM chart_rankings WHERE chart_id = :chart_id
    UNION
    SELECT ranked_on FROM chart_dates WHERE chart_id = :chart_id
    UNION
    SELECT ranked_on FROM chart_rankings_set_aside WHERE chart_id = :chart_id
)

SELECT
    known.ranked_on,
    rankings.entry_count,
    rankings.missing_positions,
    rankings.refused_rows,
    aside.reason AS set_aside
FROM known
LEFT JOIN chart_rankings AS rankings
    ON rankings.chart_id = :chart_id AND rankings.ranked_on = known.ranked_on
LEFT JOIN chart_rankings_set_aside AS aside
    ON aside.chart_id = :chart_id AND aside.ranked_on = known.ranked_on
WHERE known.ranked_on BETWEEN :first AND :last
ORDER BY known.ranked_on;
