-- The stored rankings of a chart, newest first, before a date if one is given.
SELECT
    rankings.ranked_on,
    rankings.entry_count,
    rankings.missing_positions,
    rankings.refused_rows,
    rankings.fetched_at,
    rankings.checked_at,
    rankings.replaced_at,
    aside.reason AS set_aside
FROM chart_rankings AS rankings
LEFT JOIN chart_rankings_set_aside AS aside USING (chart_id, ranked_on)
WHERE rankings.chart_id = :chart_id AND (CAST(:before AS date) IS NULL OR rankings.ranked_on < :before)
ORDER BY rankings.ranked_on DESC
LIMIT :size;
