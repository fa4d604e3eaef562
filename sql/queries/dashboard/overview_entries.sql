-- The tracks that are new, or a re-entry, in a ranking of a followed chart dated in a period. They are counted by
-- movement, and those of some kinds ('new', 're_entry', 'all' for both) are listed in the order {order}: from a place
-- on, a row for each of their charts with the best entry there, up to a number of charts, the best first. The first row
-- has the counts even if no track entered.
WITH rankings AS (
    SELECT
        chart_rankings.chart_id,
        chart_rankings.ranked_on
    FROM chart_rankings
    JOIN charts ON charts.id = chart_rankings.chart_id
    WHERE chart_rankings.ranked_on BETWEEN :start AND :end
        AND charts.sync_enabled
        AND (CAST(:chart AS text) IS NULL OR charts.slug = :chart)
        AND (CAST(:platform_id AS integer) IS NULL OR charts.platform_id = :platform_id)
        AND (CAST(:country AS text) IS NULL OR charts.country_code = replace(:country, '-', ''))
),

entered AS MATERIALIZED (
    SELECT
        stored.chart_id,
        stored.ranked_on,
        stored.track_id,
        stored.position,
        stored.movement
    FROM rankings
    JOIN chart_entered AS stored ON stored.chart_id = rankings.chart_id AND stored.ranked_on = rankings.ranked_on
    JOIN tracks ON tracks.id = stored.track_id
    WHERE (CAST(:released_since AS date) IS NULL OR tracks.release_date >= :released_since)
        AND (
            CAST(:list_id AS bigint) IS NULL
            OR stored.track_id = ANY(ARRAY(SELECT listed.track_id FROM list_track_ids(:list_id) AS listed))
        )
),

charted AS (
    SELECT DISTINCT ON (kinds.kind, entered.track_id, entered.chart_id)
        entered.*,
        kinds.kind
    FROM entered
    JOIN unnest(CAST(:kinds AS text[])) AS kinds (kind) ON kinds.kind IN (entered.movement, 'all')
    ORDER BY kinds.kind, entered.track_id, entered.chart_id, entered.position, entered.ranked_on DESC
),

numbered AS (
    SELECT
        *,
        count(*) OVER (PARTITION BY kind, track_id) AS charts,
        max(ranked_on) OVER (PARTITION BY kind, track_id) AS last_entered_on,
        row_number() OVER (PARTITION BY kind, track_id ORDER BY position, ranked_on DESC, chart_id) AS nth
    FROM charted
),

placed AS (
    SELECT
        kind,
        track_id,
        row_number() OVER (PARTITION BY kind ORDER BY {order}, track_id) AS place
    FROM numbered
    WHERE nth = 1
)

SELECT
    counted.rankings,
    counted.new,
    counted.re_entry,
    counted.both,
    placed.kind,
    placed.place,
    numbered.charts,
    numbered.last_entered_on,
    numbered.movement,
    numbered.position,
    numbered.ranked_on,
    charts.slug AS chart_slug,
    charts.name AS chart_name,
    charts.place AS chart_place,
    platforms.name AS platform_name,
    tracks.uuid,
    tracks.name,
    tracks.credit_name
FROM (
    SELECT
        (SELECT count(*) FROM rankings) AS rankings,
        count(DISTINCT track_id) FILTER (WHERE movement = 'new') AS new,
        count(DISTINCT track_id) FILTER (WHERE movement = 're_entry') AS re_entry,
        count(DISTINCT track_id) AS both
    FROM entered
) AS counted
LEFT JOIN (
    placed
    JOIN numbered ON numbered.kind = placed.kind AND numbered.track_id = placed.track_id
    JOIN charts ON charts.id = numbered.chart_id
    JOIN platforms ON platforms.id = charts.platform_id
    JOIN tracks ON tracks.id = placed.track_id
) ON placed.place > :after AND placed.place - :after <= :size AND numbered.nth <= :most_charts
ORDER BY placed.kind, placed.place, numbered.nth;
