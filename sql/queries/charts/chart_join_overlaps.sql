-- For each date with a ranking of both charts: the entries of each, the differing entries of the one that is dropped,
-- and which one stays.
SELECT
    shared.ranked_on,
    shared.loser_stays,
    shared.winner_entries,
    shared.loser_entries,
    count(former.chart_id) AS differing
FROM chart_overlaps(:winner, :loser) AS shared
LEFT JOIN chart_overlap_entries(:winner, :loser) AS former ON former.ranked_on = shared.ranked_on
GROUP BY shared.ranked_on, shared.loser_stays, shared.winner_entries, shared.loser_entries
ORDER BY shared.ranked_on DESC;
