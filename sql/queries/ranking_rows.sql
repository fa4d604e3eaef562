-- The first entries of a ranking with their movements; the peak is the best position held up to its date.
WITH entries AS (
    SELECT * FROM chart_ranking_entries
    WHERE chart_id = :chart_id AND ranked_on = :ranked_on AND position <= :size
),

peaks AS (
    SELECT track_id, min(position) AS peak
    FROM chart_ranking_entries
    WHERE chart_id = :chart_id AND ranked_on <= :ranked_on AND track_id = ANY(ARRAY(SELECT track_id FROM entries))
    GROUP BY track_id
)

SELECT
    entries.position,
    entries.track_id,
    tracks.uuid,
    tracks.name,
    tracks.credit_name,
    moved.movement,
    moved.previous_position,
    moved.is_from_api,
    entries.metric,
    entries.entry_date,
    entries.time_on_chart,
    entries.time_on_chart_unit,
    entries.repeats,
    peaks.peak
FROM entries
JOIN ranking_movements(:chart_id, :ranked_on) AS moved ON moved.position = entries.position
JOIN peaks ON peaks.track_id = entries.track_id
JOIN tracks ON tracks.id = entries.track_id
ORDER BY entries.position;
