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
JOIN chart_ranking_entries AS entries ON entries.track_id = tracks.id AND NOT entries.repeats
JOIN charts ON charts.id = entries.chart_id AND charts.last_ranked_on = entries.ranked_on
JOIN platforms ON platforms.id = charts.platform_id
CROSS JOIN LATERAL ranking_movements(charts.id, charts.last_ranked_on) AS movements
WHERE track_artists.artist_id = :artist_id
    AND tracks.last_charted_on >= entries.ranked_on
    AND (movements.position, movements.ordinal) = (entries.position, entries.ordinal)
ORDER BY movements.position, lower(platforms.name), charts.id;
