-- Imported credits, for tracks that have none.
INSERT INTO track_artists (track_id, artist_id, position)
SELECT track_id, artist_id, position
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (track_id bigint, artist_id bigint, position smallint)
WHERE NOT EXISTS (SELECT FROM track_artists AS own WHERE own.track_id = given.track_id)
ORDER BY track_id, artist_id
ON CONFLICT (track_id, artist_id) DO NOTHING
RETURNING track_id;
