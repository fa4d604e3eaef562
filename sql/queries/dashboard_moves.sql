-- New entries and the biggest moves of the latest ranking of every enabled chart, up to a date. A song that stands
-- twice in one ranking is there once.
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
    JOIN chart_ranking_entries AS entries
        ON entries.chart_id = latest.id
        AND entries.ranked_on = latest.ranked_on
        AND entries.position = movements.position
    JOIN tracks ON tracks.id = movements.track_id
    WHERE NOT entries.repeats
        AND movements.movement IN ('new', 'up', 'down')
        AND (CAST(:released_since AS date) IS NULL OR tracks.release_date >= :released_since)
        AND (
            CAST(:list_id AS bigint) IS NULL
            OR movements.track_id = ANY(ARRAY(SELECT listed.track_id FROM list_track_ids(:list_id) AS listed))
        )
),

sorted AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY kind ORDER BY places DESC NULLS LAST, position, chart_id
        ) AS place
    FROM moved
)

SELECT
    sorted.kind,
    charts.slug AS chart_slug,
    charts.name AS chart_name,
    platforms.name AS platform_name,
    charts.place AS chart_place,
    sorted.ranked_on,
    tracks.uuid,
    tracks.name,
    tracks.credit_name,
    sorted.movement,
    sorted.position,
    sorted.previous_position,
    sorted.is_from_api
FROM sorted
JOIN charts ON charts.id = sorted.chart_id
JOIN platforms ON platforms.id = charts.platform_id
JOIN tracks ON tracks.id = sorted.track_id
WHERE sorted.place <= :size
ORDER BY sorted.kind DESC, sorted.place;
