-- The tracks that are new in the latest ranking of an enabled chart, up to a date, and those that moved: a row per
-- track and chart, the best ranking or biggest move of a track first, with the number of tracks. Of a song with several
-- entries in a ranking the first one counts.
WITH latest AS (
    SELECT
        charts.id,
        newest.ranked_on
    FROM charts
    JOIN LATERAL (
        SELECT max(chart_rankings.ranked_on) AS ranked_on
        FROM chart_rankings
        WHERE chart_rankings.chart_id = charts.id AND chart_rankings.ranked_on <= :until
    ) AS newest ON newest.ranked_on IS NOT NULL
    WHERE charts.sync_enabled
        AND (CAST(:platform_id AS integer) IS NULL OR charts.platform_id = :platform_id)
        AND (CAST(:country AS text) IS NULL OR charts.country_code = replace(:country, '-', ''))
),

moved AS (
    SELECT
        latest.id AS chart_id,
        latest.ranked_on,
        movements.*,
        CASE WHEN movements.movement = 'new' THEN 'new' ELSE 'moved' END AS kind,
        abs(movements.previous_position - movements.position) AS places
    FROM latest
    CROSS JOIN LATERAL ranking_movements(latest.id, latest.ranked_on) AS movements
    JOIN tracks ON tracks.id = movements.track_id
    WHERE movements.occurrence = 1
        AND movements.movement IN ('new', 'up', 'down')
        AND (CAST(:released_since AS date) IS NULL OR tracks.release_date >= :released_since)
        AND (
            CAST(:list_id AS bigint) IS NULL
            OR movements.track_id = ANY(ARRAY(SELECT listed.track_id FROM list_track_ids(:list_id) AS listed))
        )
),

first AS (
    SELECT DISTINCT ON (kind, track_id)
        *,
        count(*) OVER (PARTITION BY kind, track_id) AS charts
    FROM moved
    ORDER BY kind, track_id, places DESC NULLS LAST, position, chart_id
),

sorted AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY kind ORDER BY places DESC NULLS LAST, position, charts DESC, track_id
        ) AS place,
        count(*) OVER (PARTITION BY kind) AS tracks
    FROM first
)

SELECT
    sorted.kind,
    sorted.tracks,
    sorted.place,
    charts.slug AS chart_slug,
    charts.name AS chart_name,
    platforms.name AS platform_name,
    charts.place AS chart_place,
    moved.ranked_on,
    tracks.uuid,
    tracks.name,
    tracks.credit_name,
    moved.movement,
    moved.position,
    moved.previous_position,
    moved.is_from_api
FROM sorted
JOIN moved ON moved.kind = sorted.kind AND moved.track_id = sorted.track_id
JOIN charts ON charts.id = moved.chart_id
JOIN platforms ON platforms.id = charts.platform_id
JOIN tracks ON tracks.id = sorted.track_id
WHERE sorted.place <= :size
ORDER BY sorted.kind DESC, sorted.place, moved.places DESC NULLS LAST, moved.position, moved.chart_id;
