-- The names of what saved views are about: tracks and artists by uuid, charts and platforms by slug.
SELECT
    'track' AS kind,
    named.uuid::text AS key,
    coalesce(nullif(tracks.name, ''), named.uuid::text) AS name,
    '' AS platform_name,
    '' AS place
FROM track_uuids AS named
JOIN tracks ON tracks.id = named.track_id
WHERE named.uuid = ANY(CAST(:uuids AS uuid[]))
UNION ALL
SELECT
    'artist',
    artists.uuid::text,
    artists.name,
    '',
    ''
FROM artists
WHERE artists.uuid = ANY(CAST(:uuids AS uuid[]))
UNION ALL
SELECT
    'chart',
    charts.slug,
    charts.name,
    platforms.name,
    charts.place
FROM charts
JOIN platforms ON platforms.id = charts.platform_id
WHERE charts.slug = ANY(CAST(:slugs AS text[]))
UNION ALL
SELECT
    'platform',
    platforms.slug,
    platforms.name,
    '',
    ''
FROM platforms
WHERE platforms.slug = ANY(CAST(:slugs AS text[]));
