-- What platforms call a track by default, with the address of the song there; and its ISRCs, under the
-- pseudo-platform 'isrc'. The other identifiers stay out: of TikTok sounds there can be tens of thousands.
SELECT
    platforms.slug,
    platforms.name,
    track_identifiers.identifier,
    track_identifiers.url
FROM track_identifiers
JOIN platforms ON platforms.id = track_identifiers.platform_id
WHERE track_identifiers.track_id = :track_id AND (track_identifiers.is_default OR platforms.slug = 'isrc')
ORDER BY lower(platforms.name), track_identifiers.identifier;
