-- The first and last date with audience of an artist's tracks.
SELECT min(states.first_date) AS first_date, max(states.last_date) AS last_date
FROM track_artists
JOIN audience_states AS states ON states.track_id = track_artists.track_id
WHERE track_artists.artist_id = :artist_id;
