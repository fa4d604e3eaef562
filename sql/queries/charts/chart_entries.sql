-- All entries of a chart's stored rankings, newest ranking first.
SELECT
    entries.ranked_on,
    entries.position,
    tracks.uuid,
    tracks.name,
    tracks.credit_name,
    entries.previous_position,
    entries.metric,
    entries.entry_date,
    entries.time_on_chart
FROM chart_ranking_entries AS entries
JOIN tracks ON tracks.id = entries.track_id
WHERE entries.chart_id = :chart_id
ORDER BY entries.ranked_on DESC, entries.position, entries.ordinal;
