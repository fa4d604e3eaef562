-- The stored tracks and artists among SoundCharts uuids, with their names.
SELECT named.uuid, tracks.name
FROM track_uuids AS named
JOIN tracks ON tracks.id = named.track_id
WHERE named.uuid = ANY(CAST(:uuids AS uuid[]))
UNION ALL
SELECT uuid, name FROM artists WHERE uuid = ANY(CAST(:uuids AS uuid[]));
