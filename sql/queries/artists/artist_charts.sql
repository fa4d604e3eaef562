-- The positions of an artist's tracks in the newest stored ranking of each chart, best first.
SELECT
    charts.slug,
    charts.name,
    platforms.slug AS platform_slug,
    platforms.name AS platform_name,
    charts.place,
    charts.last_ranked_on AS ranked_on,
    tracks.uuid,
    tracks.name AS track_name,
    movements.position,
    movements.movement,
    movements.previous_position,
    movements.is_from_api
FROM track_artists
JOIN tracks ON tracks.id = track_artists.track_id
JOIN chart_tracks AS stood ON stood.track_id = tracks.id
JOIN charts ON charts.id = stood.chart_id AND charts.last_ranked_on = stood.last_on
JOIN platforms ON platforms.id = charts.platform_id
CROSS JOIN LATERAL ranking_movements(charts.id, charts.last_ranked_on) AS movements
WHERE track_artists.artist_id = :artist_id
    AND movements.track_id = tracks.id
    AND movements.occurrence = 1
ORDER BY movements.position, lower(platforms.name), charts.id;
