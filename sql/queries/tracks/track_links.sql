-- The default identifiers of a track on platforms with their URLs, and its ISRCs, under the pseudo-platform 'isrc'.
-- Other identifiers are left out: there can be tens of thousands of TikTok sounds.
SELECT
    platforms.slug,
    platforms.name,
    track_identifiers.identifier,
    track_identifiers.url
FROM track_identifiers
JOIN platforms ON platforms.id = track_identifiers.platform_id
WHERE track_identifiers.track_id = :track_id AND (track_identifiers.is_default OR platforms.slug = 'isrc')
ORDER BY lower(platforms.name), track_identifiers.identifier;
