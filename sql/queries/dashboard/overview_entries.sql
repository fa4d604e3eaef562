-- The tracks that are new, or a re-entry, in a ranking of a followed chart dated in a period: a row per track and
-- movement with the number of charts, the best of these entries, and the number of tracks. The first row has the number
-- of rankings even if no track entered.
WITH rankings AS (
    SELECT
        chart_rankings.chart_id,
        chart_rankings.ranked_on
    FROM chart_rankings
    JOIN charts ON charts.id = chart_rankings.chart_id
    WHERE chart_rankings.ranked_on BETWEEN :start AND :end
        AND charts.sync_enabled
        AND (CAST(:platform_id AS integer) IS NULL OR charts.platform_id = :platform_id)
        AND (CAST(:country AS text) IS NULL OR charts.country_code = replace(:country, '-', ''))
),

entered AS (
    SELECT
        rankings.chart_id,
        rankings.ranked_on,
        movements.track_id,
        movements.position,
        movements.movement
    FROM rankings
    CROSS JOIN LATERAL ranking_movements(rankings.chart_id, rankings.ranked_on) AS movements
    JOIN tracks ON tracks.id = movements.track_id
    WHERE movements.occurrence = 1
        AND movements.movement IN ('new', 're_entry')
        AND (CAST(:released_since AS date) IS NULL OR tracks.release_date >= :released_since)
        AND (
            CAST(:list_id AS bigint) IS NULL
            OR movements.track_id = ANY(ARRAY(SELECT listed.track_id FROM list_track_ids(:list_id) AS listed))
        )
),

charted AS (
    SELECT DISTINCT ON (movement, track_id, chart_id) *
    FROM entered
    ORDER BY movement, track_id, chart_id, position, ranked_on DESC
),

best AS (
    SELECT DISTINCT ON (movement, track_id)
        *,
        count(*) OVER (PARTITION BY movement, track_id) AS charts
    FROM charted
    ORDER BY movement, track_id, position, ranked_on DESC, chart_id
),

sorted AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY movement ORDER BY position, charts DESC, track_id) AS place,
        count(*) OVER (PARTITION BY movement) AS tracks
    FROM best
)

SELECT
    counted.rankings,
    sorted.movement,
    sorted.tracks,
    sorted.charts,
    sorted.position,
    sorted.ranked_on,
    charts.slug AS chart_slug,
    charts.name AS chart_name,
    platforms.name AS platform_name,
    tracks.uuid,
    tracks.name
FROM (SELECT count(*) AS rankings FROM rankings) AS counted
LEFT JOIN (
    sorted
    JOIN charts ON charts.id = sorted.chart_id
    JOIN platforms ON platforms.id = charts.platform_id
    JOIN tracks ON tracks.id = sorted.track_id
) ON sorted.place <= :size
ORDER BY sorted.movement, sorted.place;
