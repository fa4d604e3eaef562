-- The sum of the last totals of an artist's tracks by platform, with the number of tracks that have one and of all
-- tracks, and a version that changes with the rows of any of these series.
SELECT
    platforms.id,
    platforms.slug,
    platforms.name,
    platforms.audience_metric_name,
    platforms.platform_type,
    platforms.updated_at,
    sum(states.latest_value) AS total,
    count(*) AS tracks,
    (SELECT count(*) FROM track_artists WHERE artist_id = :artist_id) AS held,
    min(states.first_date) AS first_date,
    max(states.last_date) AS last_date,
    max(states.last_whole_date) AS last_whole_date,
    md5(string_agg(concat_ws(' ', states.track_id, states.version), ',' ORDER BY states.track_id)) AS version
FROM track_artists
JOIN audience_states AS states ON states.track_id = track_artists.track_id
JOIN platforms ON platforms.id = states.platform_id
WHERE track_artists.artist_id = :artist_id AND states.latest_value IS NOT NULL
GROUP BY platforms.id
ORDER BY platforms.id;
