-- Which of some SoundCharts uuids are held here, and what they are called.
SELECT named.uuid, tracks.name
FROM track_uuids AS named
JOIN tracks ON tracks.id = named.track_id
WHERE named.uuid = ANY(CAST(:uuids AS uuid[]))
UNION ALL
SELECT uuid, name FROM artists WHERE uuid = ANY(CAST(:uuids AS uuid[]));
