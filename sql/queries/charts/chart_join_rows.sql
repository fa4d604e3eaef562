-- Moves what else refers to the loser; what of which table moved and met.
SELECT
    name,
    moved,
    met
FROM merge_rows('charts', :winner, :loser, ARRAY['chart_rankings', 'chart_ranking_entries'])
ORDER BY name;
