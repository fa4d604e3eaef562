-- The stored tracks that rows of an import refer to, by their places; of several tracks the oldest.
WITH given AS (
    SELECT *
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
        place integer, uuid uuid, isrc text, app_url text, platforms text[], identifiers text[]
    )
),

named AS (
    SELECT given.place, track_uuids.track_id AS id FROM given JOIN track_uuids ON track_uuids.uuid = given.uuid
    UNION ALL
    SELECT given.place, tracks.id FROM given JOIN tracks ON tracks.isrc = given.isrc
    UNION ALL
    SELECT given.place, tracks.id FROM given JOIN tracks ON tracks.app_url = given.app_url
    UNION ALL
    SELECT given.place, identifiers.track_id
    FROM given
    JOIN platforms ON platforms.slug = ANY(given.platforms)
    JOIN track_identifiers AS identifiers
        ON identifiers.platform_id = platforms.id
        AND identifiers.identifier = ANY(given.identifiers)
)

SELECT DISTINCT ON (named.place) named.place, tracks.uuid, tracks.name, tracks.with_audience
FROM named
JOIN tracks ON tracks.id = named.id
ORDER BY named.place, tracks.id;
