-- The charts of a merged track, after its entries have moved: an entry below another one of the same ranking is
-- marked as repeating, and caches of these charts are invalidated.
WITH places AS (
    SELECT chart_id, ranked_on, position, ordinal
    FROM chart_ranking_entries
    WHERE track_id = :winner
),

repeating AS (
    UPDATE chart_ranking_entries AS entries
    SET repeats = true
    FROM places
    WHERE entries.track_id = :winner
        AND entries.chart_id = places.chart_id
        AND entries.ranked_on = places.ranked_on
        AND (entries.position, entries.ordinal) > (places.position, places.ordinal)
        AND NOT entries.repeats
),

touched AS (
    INSERT INTO aggregate_refreshes (aggregate, first_date, last_date)
    SELECT 'track_appearances_daily', min(ranked_on), max(ranked_on)
    FROM places
    HAVING count(*) > 0
)

UPDATE charts SET version = version + 1
WHERE id IN (SELECT chart_id FROM places);
