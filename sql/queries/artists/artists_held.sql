-- The sum of the last totals of each of some artists' tracks on one platform, with the number of tracks that have one and
-- of all tracks, by artist. Totals and dates are null for an artist without a value there.
SELECT
    track_artists.artist_id AS id,
    sum(states.latest_value) AS total,
    count(states.latest_value) AS tracks,
    count(*) AS held,
    min(states.first_date) AS first_date,
    max(states.last_date) AS last_date,
    max(states.last_whole_date) AS last_whole_date
FROM track_artists
LEFT JOIN audience_states AS states
    ON states.track_id = track_artists.track_id
    AND states.platform_id = :platform_id
    AND states.latest_value IS NOT NULL
WHERE track_artists.artist_id = ANY(CAST(:artist_ids AS bigint[]))
GROUP BY track_artists.artist_id;
