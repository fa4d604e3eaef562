-- Tracks with an ISRC, as their metadata or the list of their identifiers has it; one ISRC may be several tracks'.
SELECT tracks.uuid
FROM tracks
WHERE tracks.isrc = :isrc
UNION
SELECT tracks.uuid
FROM track_identifiers
JOIN platforms ON platforms.id = track_identifiers.platform_id AND platforms.slug = 'isrc'
JOIN tracks ON tracks.id = track_identifiers.track_id
WHERE track_identifiers.identifier = :isrc;
