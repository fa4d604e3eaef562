-- The state of a chart's date: whether a ranking is stored, available or set aside, and the nearest ones.
SELECT
    rankings.entry_count,
    rankings.missing_positions,
    rankings.refused_rows,
    rankings.fetched_at,
    rankings.checked_at,
    rankings.replaced_at,
    dates.ranked_on IS NOT NULL AS is_available,
    aside.reason AS set_aside,
    aside.entry_count AS set_aside_count,
    aside.received_at AS set_aside_at,
    (
        SELECT max(ranked_on) FROM chart_rankings WHERE chart_id = :chart_id AND ranked_on < :ranked_on
    ) AS earlier,
    (
        SELECT min(ranked_on) FROM chart_rankings WHERE chart_id = :chart_id AND ranked_on > :ranked_on
    ) AS later,
    before.ranked_on AS before_on,
    coalesce(before.is_held, false) AS before_held
FROM (SELECT) AS one
LEFT JOIN chart_rankings AS rankings ON rankings.chart_id = :chart_id AND rankings.ranked_on = :ranked_on
LEFT JOIN chart_dates AS dates ON dates.chart_id = :chart_id AND dates.ranked_on = :ranked_on
LEFT JOIN chart_rankings_set_aside AS aside ON aside.chart_id = :chart_id AND aside.ranked_on = :ranked_on
LEFT JOIN ranking_before(:chart_id, :ranked_on) AS before ON true;
