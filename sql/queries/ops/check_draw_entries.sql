-- Random entries of rankings, the same for the same seed.
SELECT
    entries.chart_id,
    entries.ranked_on,
    entries.position,
    entries.track_id
FROM (
    SELECT chart_id, ranked_on FROM chart_rankings
    ORDER BY md5(:seed || ' ' || chart_id || ' ' || ranked_on)
    LIMIT :size
) AS drawn
JOIN LATERAL (
    SELECT * FROM chart_ranking_entries AS entries
    WHERE entries.chart_id = drawn.chart_id AND entries.ranked_on = drawn.ranked_on
    ORDER BY md5(:seed || ' ' || entries.track_id || ' ' || entries.position)
    LIMIT 1
) AS entries ON true;
