-- An identifier belongs to the track that the API returned it for last.
INSERT INTO track_identifiers AS stored (platform_id, identifier, track_id, is_default, url)
VALUES (:platform_id, :identifier, :track_id, :is_default, :url)
ON CONFLICT (platform_id, identifier) DO UPDATE SET
    track_id = excluded.track_id,
    is_default = excluded.is_default,
    url = excluded.url,
    last_seen_at = now();
