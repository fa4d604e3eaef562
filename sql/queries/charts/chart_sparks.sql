-- The positions of some tracks in the last rankings of a chart up to a date, oldest first, each of their entries by
-- its number; a row without a track if none of them is in a ranking, so that every ranking has its place in the line.
WITH recent AS (
    SELECT ranked_on
    FROM chart_rankings
    WHERE chart_id = :chart_id AND ranked_on <= :ranked_on
    ORDER BY ranked_on DESC
    LIMIT :size
)

SELECT
    recent.ranked_on,
    entries.track_id,
    row_number() OVER (
        PARTITION BY recent.ranked_on, entries.track_id ORDER BY entries.position, entries.ordinal
    ) AS occurrence,
    entries.position
FROM recent
LEFT JOIN chart_ranking_entries AS entries
    ON entries.chart_id = :chart_id
    AND entries.ranked_on = recent.ranked_on
    AND entries.track_id = ANY(CAST(:track_ids AS bigint[]))
ORDER BY recent.ranked_on;
