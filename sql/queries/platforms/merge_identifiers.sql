-- Merges identifiers that both platforms have: the track that was seen last keeps them.
WITH gone AS (
    DELETE FROM track_identifiers
    WHERE platform_id = :loser
    RETURNING *
)

INSERT INTO track_identifiers AS kept (
    platform_id, identifier, track_id, is_default, url, first_seen_at, last_seen_at
)
SELECT :winner, identifier, track_id, is_default, url, first_seen_at, last_seen_at
FROM gone
ON CONFLICT (platform_id, identifier) DO UPDATE SET
    track_id = CASE WHEN excluded.last_seen_at > kept.last_seen_at THEN excluded.track_id ELSE kept.track_id END,
    is_default = kept.is_default OR excluded.is_default,
    first_seen_at = least(kept.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(kept.last_seen_at, excluded.last_seen_at);
