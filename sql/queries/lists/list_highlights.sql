-- What moves on a list: the tracks whose gain of 7 days on a platform changed most, up and down, and the best positions
-- of its tracks in the newest rankings of the charts that are followed, one for each track.
WITH listed AS MATERIALIZED (
    SELECT listed.track_id FROM list_track_ids(:list_id) AS listed
),

changed AS (
    SELECT
        CASE WHEN states.gain_change > 0 THEN 'up' ELSE 'down' END AS kind,
        states.track_id,
        states.gain_7_days,
        states.gain_change,
        row_number() OVER (
            PARTITION BY states.gain_change > 0 ORDER BY abs(states.gain_change) DESC, states.track_id
        ) AS place
    FROM listed
    JOIN audience_states AS states ON states.track_id = listed.track_id
    JOIN platforms ON platforms.id = states.platform_id AND platforms.slug = :platform
    WHERE states.gain_change <> 0 AND states.last_date >= CAST(:today AS date) - 3
),

stood AS (
    SELECT DISTINCT ON (stored.track_id) stored.track_id, stored.chart_id, stored.last_position AS position
    FROM charts
    JOIN chart_tracks AS stored ON stored.chart_id = charts.id AND stored.last_on = charts.last_ranked_on
    WHERE charts.sync_enabled AND stored.track_id IN (SELECT listed.track_id FROM listed)
    ORDER BY stored.track_id, stored.last_position, stored.chart_id
),

found AS (
    SELECT
        changed.kind,
        changed.track_id,
        changed.place,
        changed.gain_7_days,
        changed.gain_change,
        CAST(NULL AS integer) AS chart_id,
        CAST(NULL AS integer) AS position
    FROM changed
    UNION ALL
    SELECT
        'charted',
        stood.track_id,
        row_number() OVER (ORDER BY stood.position, stood.chart_id, stood.track_id),
        NULL,
        NULL,
        stood.chart_id,
        stood.position
    FROM stood
)

SELECT
    found.kind,
    tracks.uuid,
    tracks.name,
    tracks.credit_name,
    found.gain_7_days,
    found.gain_change,
    found.position,
    charts.slug AS chart_slug,
    charts.name AS chart_name,
    charts.place AS chart_place,
    platforms.name AS platform_name
FROM found
JOIN tracks ON tracks.id = found.track_id
LEFT JOIN charts ON charts.id = found.chart_id
LEFT JOIN platforms ON platforms.id = charts.platform_id
WHERE found.place <= :size
ORDER BY found.kind, found.place;
