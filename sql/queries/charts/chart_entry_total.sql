-- The number of entries of a chart's stored rankings.
SELECT count(*) FROM chart_ranking_entries WHERE chart_id = :chart_id;
