-- The plain twin of timescale/track_appearances_daily.sql: the same columns, computed when read.
CREATE VIEW track_appearances_daily AS
SELECT
    track_id,
    platform_id,
    ranked_on AS bucket,
    count(*) FILTER (WHERE NOT repeats) AS rankings,
    min(position) AS best_position
FROM chart_ranking_entries
GROUP BY track_id, platform_id, ranked_on;
