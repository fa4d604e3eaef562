-- Series that are due, oldest first, leased for a day, so that a failing one is not retried at once for ever.
WITH due AS MATERIALIZED (
    SELECT states.track_id, states.platform_id, states.due_at
    FROM audience_states AS states
    JOIN platforms ON platforms.id = states.platform_id AND platforms.has_song_audience
    JOIN tracks ON tracks.id = states.track_id AND tracks.with_audience
    WHERE states.due_at <= now()
    ORDER BY states.due_at, states.track_id, states.platform_id
    LIMIT :most
    FOR UPDATE OF states SKIP LOCKED
)

UPDATE audience_states AS states
SET due_at = now() + interval '1 day'
FROM due
WHERE states.track_id = due.track_id AND states.platform_id = due.platform_id
RETURNING states.track_id, states.platform_id;
