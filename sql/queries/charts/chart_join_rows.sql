-- Moves all other rows of the loser; returns the moved and met rows by table.
SELECT
    name,
    moved,
    met
FROM merge_rows('charts', :winner, :loser, ARRAY['chart_rankings', 'chart_ranking_entries'])
ORDER BY name;
