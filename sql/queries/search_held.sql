-- Which of some SoundCharts uuids are held here, and what they are called.
SELECT uuid, name FROM tracks WHERE uuid = ANY(CAST(:uuids AS uuid[]))
UNION ALL
SELECT uuid, name FROM artists WHERE uuid = ANY(CAST(:uuids AS uuid[]));
