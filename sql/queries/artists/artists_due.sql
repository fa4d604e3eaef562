-- Artists whose metadata are due, leased for a day like tracks.
UPDATE artists
SET metadata_due_at = now() + interval '1 day'
WHERE id IN (
    SELECT id FROM artists WHERE metadata_due_at <= now() ORDER BY metadata_due_at, id LIMIT :most
    FOR UPDATE SKIP LOCKED
)
RETURNING CAST(uuid AS text) AS uuid;
