-- The results of an artist's tracks on charts: rankings entered (each track once per ranking), the numbers of charts
-- and tracks, and the best known position with its last date: in a stored ranking, or before it according to the API
-- if that ranking is not stored, or lacks rows and the track.
WITH stood AS MATERIALIZED (
    SELECT chart_tracks.*
    FROM track_artists
    JOIN chart_tracks ON chart_tracks.track_id = track_artists.track_id
    WHERE track_artists.artist_id = :artist_id
),

entries AS MATERIALIZED (
    SELECT entries.*
    FROM stood
    JOIN chart_ranking_entries AS entries
        ON entries.chart_id = stood.chart_id AND entries.track_id = stood.track_id
    WHERE least(stood.peak, stood.api_peak) = (SELECT least(min(peak), min(api_peak)) FROM stood)
        AND NOT entries.repeats
),

better AS MATERIALIZED (
    SELECT entries.previous_position, entries.ranked_on, entries.chart_id, entries.track_id
    FROM entries
    WHERE entries.previous_position < (SELECT min(peak) FROM stood)
),

best AS (
    SELECT entries.position, false AS is_from_api, entries.ranked_on, entries.chart_id, entries.track_id
    FROM entries
    UNION ALL
    SELECT better.previous_position, true, better.ranked_on, better.chart_id, better.track_id
    FROM better
    LEFT JOIN LATERAL ranking_before(better.chart_id, better.ranked_on) AS before ON true
    LEFT JOIN chart_rankings AS rankings
        ON rankings.chart_id = better.chart_id AND rankings.ranked_on = before.ranked_on
    WHERE rankings.is_whole IS NOT TRUE
        AND NOT EXISTS (
            SELECT FROM chart_ranking_entries AS former
            WHERE former.chart_id = better.chart_id
                AND former.ranked_on = before.ranked_on
                AND former.track_id = better.track_id
        )
    ORDER BY position, ranked_on DESC, chart_id
    LIMIT 1
)

SELECT
    best.position AS best_position,
    best.is_from_api AS best_is_from_api,
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
        sum(rankings) AS rankings,
        count(DISTINCT chart_id) AS charts,
        count(DISTINCT track_id) AS tracks
    FROM stood
) AS counted;
