INSERT INTO track_artists AS stored (track_id, artist_id, position)
SELECT :track_id, id, :position
FROM artists
WHERE uuid = CAST(:uuid AS uuid)
ON CONFLICT (track_id, artist_id) DO UPDATE SET position = excluded.position;
