-- Tracks whose metadata are wanted and due, leased for a day like series.
UPDATE tracks
SET metadata_due_at = now() + interval '1 day'
WHERE id = ANY(ARRAY(
    SELECT id FROM tracks WHERE with_metadata AND metadata_due_at <= now()
    ORDER BY metadata_due_at, id
    LIMIT :most
    FOR UPDATE SKIP LOCKED
))
RETURNING CAST(uuid AS text) AS uuid;
