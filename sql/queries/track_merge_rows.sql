-- Moves what else refers to the loser; what of which table moved and met.
SELECT
    name,
    moved,
    met
FROM merge_track_rows(:winner, :loser)
ORDER BY name;
