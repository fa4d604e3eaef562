-- The rankings of a day that have a track, on all charts of a platform.
CREATE MATERIALIZED VIEW track_appearances_daily
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT
    track_id,
    platform_id,
    time_bucket('1 day', ranked_on) AS bucket,
    count(*) FILTER (WHERE NOT repeats) AS rankings,
    min(position) AS best_position
FROM chart_ranking_entries
GROUP BY track_id, platform_id, time_bucket('1 day', ranked_on)
WITH NO DATA;
