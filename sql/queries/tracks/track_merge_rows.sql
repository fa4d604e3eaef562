-- Moves what else refers to the loser; what of which table moved and met.
SELECT
    name,
    moved,
    met
FROM merge_rows('tracks', :winner, :loser, ARRAY['track_audience_time_series', 'audience_states'])
ORDER BY name;
