-- The rankings of a chart that were set aside, newest first, with the stored ranking of the same date.
SELECT
    aside.ranked_on,
    aside.reason,
    aside.entry_count,
    aside.received_at,
    rankings.entry_count AS held_count
FROM chart_rankings_set_aside AS aside
LEFT JOIN chart_rankings AS rankings
    ON rankings.chart_id = aside.chart_id AND rankings.ranked_on = aside.ranked_on
WHERE aside.chart_id = :chart_id
ORDER BY aside.ranked_on DESC;
