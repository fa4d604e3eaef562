-- What an installation has: tracks, charts that are synced, more than one user, and figures that the cards could show.
SELECT
    EXISTS (SELECT FROM tracks) AS has_tracks,
    EXISTS (SELECT FROM charts WHERE sync_enabled) AS follows_charts,
    (SELECT count(*) > 1 FROM users WHERE disabled_at IS NULL) AS has_colleagues,
    EXISTS (SELECT FROM chart_rankings)
    OR EXISTS (SELECT FROM audience_states WHERE last_date IS NOT NULL) AS has_figures;
