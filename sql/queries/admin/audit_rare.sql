-- The ids of the events with words, if they are fewer than :most_rare; else null.
SELECT CASE WHEN count(*) < :most_rare THEN coalesce(array_agg(id), '{}') END AS ids
FROM (
    SELECT id
    FROM audit_events
    WHERE search_vector(search_text) @@ CAST(:words AS tsquery)
    LIMIT :most_rare
) AS worded;
