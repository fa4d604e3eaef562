-- Series to fetch, unless the charts that brought the track exclude audience: the platforms with an identifier of the
-- track and song audience.
INSERT INTO audience_states (track_id, platform_id, due_at)
SELECT DISTINCT identifiers.track_id, identifiers.platform_id, now()
FROM track_identifiers AS identifiers
JOIN platforms ON platforms.id = identifiers.platform_id AND platforms.has_song_audience
JOIN tracks ON tracks.id = identifiers.track_id AND tracks.with_audience
WHERE identifiers.track_id = :track_id
ON CONFLICT (track_id, platform_id) DO NOTHING;
