-- Series that are due, oldest first, for a fetch by hand; nothing is leased.
SELECT CAST(tracks.uuid AS text) AS uuid, platforms.slug
FROM audience_states AS states
JOIN tracks ON tracks.id = states.track_id
JOIN platforms ON platforms.id = states.platform_id AND platforms.has_song_audience
WHERE states.due_at <= now()
ORDER BY states.due_at, states.track_id, states.platform_id
LIMIT :most;
