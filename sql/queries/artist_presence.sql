-- What an artist's tracks ever did on charts: rankings entered (each track once a ranking), by how many charts and
-- tracks, and the best position, of which the last is named.
WITH entries AS (
    SELECT entries.*
    FROM track_artists
    JOIN chart_ranking_entries AS entries ON entries.track_id = track_artists.track_id
    WHERE track_artists.artist_id = :artist_id AND NOT entries.repeats
),

best AS (
    SELECT entries.position, entries.ranked_on, entries.chart_id, entries.track_id
    FROM entries
    ORDER BY entries.position, entries.ranked_on DESC, entries.chart_id
    LIMIT 1
)

SELECT
    best.position AS best_position,
    best.ranked_on AS best_on,
    charts.slug AS best_slug,
    charts.name AS best_chart,
    platforms.name AS best_platform,
    tracks.uuid AS best_uuid,
    tracks.name AS best_track,
    counted.*
FROM best
JOIN charts ON charts.id = best.chart_id
JOIN platforms ON platforms.id = charts.platform_id
JOIN tracks ON tracks.id = best.track_id
CROSS JOIN (
    SELECT
        count(*) AS rankings,
        count(DISTINCT chart_id) AS charts,
        count(DISTINCT track_id) AS tracks
    FROM entries
) AS counted;
