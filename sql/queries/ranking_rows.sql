-- The first entries of a ranking with their movements, and how many songs share each position. The peak is the best
-- position held up to its date: of a song's n-th entry that of its n-th entries.
WITH entries AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY track_id ORDER BY position, ordinal) AS occurrence,
        count(*) OVER (PARTITION BY position) AS songs
    FROM chart_ranking_entries
    WHERE chart_id = :chart_id AND ranked_on = :ranked_on AND position <= :size
),

peaks AS (
    SELECT track_id, 1 AS occurrence, min(position) AS peak
    FROM chart_ranking_entries
    WHERE chart_id = :chart_id AND ranked_on <= :ranked_on AND track_id = ANY(ARRAY(SELECT track_id FROM entries))
    GROUP BY track_id
    UNION ALL
    SELECT track_id, occurrence, min(position) AS peak
    FROM (
        SELECT
            track_id,
            position,
            row_number() OVER (PARTITION BY ranked_on, track_id ORDER BY position, ordinal) AS occurrence
        FROM chart_ranking_entries
        WHERE chart_id = :chart_id
            AND ranked_on <= :ranked_on
            AND track_id = ANY(ARRAY(SELECT track_id FROM entries WHERE repeats))
    ) AS numbered
    WHERE occurrence > 1
    GROUP BY track_id, occurrence
)

SELECT
    entries.position,
    entries.songs,
    entries.track_id,
    entries.occurrence,
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
JOIN ranking_movements(:chart_id, :ranked_on) AS moved
    ON moved.position = entries.position AND moved.ordinal = entries.ordinal
JOIN peaks ON peaks.track_id = entries.track_id AND peaks.occurrence = entries.occurrence
JOIN tracks ON tracks.id = entries.track_id
ORDER BY entries.position, entries.ordinal;
