-- The tracks and artists of a pasted reference: a uuid, an ISRC, a URL at SoundCharts or on a platform.
WITH named AS (
    SELECT track_uuids.track_id AS id FROM track_uuids WHERE track_uuids.uuid = CAST(:uuid AS uuid)
    UNION
    SELECT tracks.id FROM tracks WHERE tracks.isrc = :isrc
    UNION
    SELECT tracks.id FROM tracks WHERE tracks.app_url = :app_url
    UNION
    SELECT track_identifiers.track_id
    FROM track_identifiers
    JOIN platforms ON platforms.id = track_identifiers.platform_id
    WHERE platforms.slug = ANY(CAST(:platforms AS text[]))
        AND track_identifiers.identifier = ANY(CAST(:identifiers AS text[]))
)

SELECT 'track' AS kind, CAST(tracks.uuid AS text) AS key, tracks.name AS title, tracks.credit_name AS note
FROM named
JOIN tracks ON tracks.id = named.id
UNION ALL
SELECT 'artist', CAST(artists.uuid AS text), artists.name, artists.country_code
FROM artists
WHERE artists.uuid = CAST(:uuid AS uuid) OR artists.app_url = :app_url
ORDER BY title, key
LIMIT :size;
