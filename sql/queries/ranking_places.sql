-- The tracks of a ranking by their best position in it.
SELECT tracks.id AS track_id, tracks.uuid, tracks.name, tracks.credit_name, min(entries.position) AS position
FROM chart_ranking_entries AS entries
JOIN tracks ON tracks.id = entries.track_id
WHERE entries.chart_id = :chart_id AND entries.ranked_on = :ranked_on
GROUP BY tracks.id
ORDER BY min(entries.position);
