-- Artists whose metadata are due, leased for a day like tracks. In an array, because a plan may run a subquery of IN
-- again for each row, and lease more than :most.
UPDATE artists
SET metadata_due_at = now() + interval '1 day'
WHERE id = ANY(ARRAY(
    SELECT id FROM artists WHERE metadata_due_at <= now() ORDER BY metadata_due_at, id LIMIT :most
    FOR UPDATE SKIP LOCKED
))
RETURNING CAST(uuid AS text) AS uuid;
