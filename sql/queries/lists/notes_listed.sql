-- The notes of a track, with those of its artists, or of an artist; the newest day first. An artist's note has the
-- artist's name.
SELECT
    notes.uuid,
    notes.noted_on,
    notes.text,
    users.email AS author,
    changers.email AS changed_by,
    notes.updated_at,
    coalesce(artists.name, '') AS artist
FROM notes
JOIN users ON users.id = notes.author_id
LEFT JOIN users AS changers ON changers.id = notes.changed_by
LEFT JOIN artists ON artists.id = notes.artist_id
WHERE notes.track_id = CAST(:track_id AS bigint)
    OR notes.artist_id = CAST(:artist_id AS bigint)
    OR notes.artist_id IN (SELECT artist_id FROM track_artists WHERE track_id = CAST(:track_id AS bigint))
ORDER BY notes.noted_on DESC, notes.id DESC;
