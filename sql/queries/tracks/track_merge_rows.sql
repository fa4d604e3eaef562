-- Moves all other rows of the loser; returns the moved and met rows by table.
SELECT
    name,
    moved,
    met
FROM merge_rows('tracks', :winner, :loser, ARRAY['track_audience_time_series', 'audience_states'])
ORDER BY name;
