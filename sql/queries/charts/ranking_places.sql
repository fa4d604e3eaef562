-- The songs of a ranking, best first; repeated songs are numbered by their entries.
SELECT
    tracks.id AS track_id,
    row_number() OVER (PARTITION BY tracks.id ORDER BY entries.position, entries.ordinal) AS occurrence,
    tracks.uuid,
    tracks.name,
    tracks.credit_name,
    entries.position
FROM chart_ranking_entries AS entries
JOIN tracks ON tracks.id = entries.track_id
WHERE entries.chart_id = :chart_id AND entries.ranked_on = :ranked_on
ORDER BY entries.position, entries.ordinal;
