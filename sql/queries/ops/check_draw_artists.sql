-- Random artists whose tracks have values, the same for the same seed.
SELECT
    track_artists.artist_id,
    max(states.last_date) AS last_date
FROM track_artists
JOIN audience_states AS states ON states.track_id = track_artists.track_id AND states.last_date IS NOT NULL
GROUP BY track_artists.artist_id
ORDER BY md5(:seed || ' ' || track_artists.artist_id)
LIMIT :size;
