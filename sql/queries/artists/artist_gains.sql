-- The gain of each series of an artist's tracks in each of some periods and in the same number of days before it.
SELECT
    periods.start_date,
    periods.end_date,
    platforms.id AS platform_id,
    platforms.slug,
    platforms.name AS platform_name,
    platforms.audience_metric_name AS metric_name,
    tracks.uuid,
    tracks.name,
    states.first_date,
    gained.*
FROM unnest(CAST(:starts AS DATE []), CAST(:ends AS DATE [])) AS periods (start_date, end_date)
CROSS JOIN track_artists
JOIN tracks ON tracks.id = track_artists.track_id
JOIN audience_states AS states ON states.track_id = tracks.id
JOIN platforms ON platforms.id = states.platform_id
CROSS JOIN LATERAL audience_gain_of(states, periods.start_date, periods.end_date) AS gained
WHERE track_artists.artist_id = :artist_id
    AND states.last_date >= periods.start_date
    AND states.first_date <= periods.end_date
ORDER BY periods.start_date, periods.end_date, platforms.id, gained.gain DESC NULLS LAST, tracks.id;
