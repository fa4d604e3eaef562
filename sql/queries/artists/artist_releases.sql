-- The releases of an artist's tracks in a range.
SELECT tracks.release_date AS released_on, tracks.name
FROM track_artists
JOIN tracks ON tracks.id = track_artists.track_id
WHERE track_artists.artist_id = :artist_id AND tracks.release_date BETWEEN :start_date AND :end_date
ORDER BY tracks.release_date, tracks.id;
