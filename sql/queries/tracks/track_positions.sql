-- A track's best position in each ranking of some charts, oldest first; null if it is not in it, with `is_whole` for
-- the ranking.
SELECT rankings.chart_id, rankings.ranked_on, stood.position, rankings.is_whole
FROM chart_rankings AS rankings
LEFT JOIN (
    SELECT chart_id, ranked_on, min(position) AS position
    FROM chart_ranking_entries
    WHERE track_id = :track_id
        AND chart_id = ANY(CAST(:chart_ids AS integer[]))
        AND ranked_on BETWEEN :first AND :last
    GROUP BY chart_id, ranked_on
) AS stood ON stood.chart_id = rankings.chart_id AND stood.ranked_on = rankings.ranked_on
WHERE rankings.chart_id = ANY(CAST(:chart_ids AS integer[])) AND rankings.ranked_on BETWEEN :first AND :last
ORDER BY rankings.chart_id, rankings.ranked_on;
