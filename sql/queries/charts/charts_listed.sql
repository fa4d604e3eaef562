-- A page of the list of charts, enabled ones first. {key} is the sort key, from the list in
-- webapp/queries/charts/listed.py, {order} and {sign} are its direction; charts without a value come last in their
-- half. `after` is the last chart of the previous page. Counts are of all filtered charts.
WITH listed AS (
    SELECT
        charts.id,
        charts.slug,
        charts.name,
        platforms.slug AS platform_slug,
        platforms.name AS platform_name,
        charts.place,
        charts.country_code,
        charts.frequency,
        charts.sync_enabled,
        charts.sync_error,
        charts.last_ranked_on,
        charts.last_synced_at,
        charts.search_text,
        chart_health.health,
        chart_health.is_active,
        rankings.entry_count
    FROM charts
    JOIN platforms ON platforms.id = charts.platform_id
    JOIN chart_health ON chart_health.chart_id = charts.id
    LEFT JOIN chart_rankings AS rankings
        ON rankings.chart_id = charts.id AND rankings.ranked_on = charts.last_ranked_on
),

keyed AS (
    SELECT
        listed.*,
        {key} AS key
    FROM listed
),

anchor AS (
    SELECT * FROM keyed WHERE slug = :after
),

kept AS (
    SELECT * FROM keyed
    WHERE (CAST(:platform AS text) IS NULL OR platform_slug = :platform)
        -- A country code; '-' is worldwide.
        AND (CAST(:country AS text) IS NULL OR country_code = replace(:country, '-', ''))
        AND (CAST(:frequency AS text) IS NULL OR lower(frequency) = :frequency)
        AND (CAST(:health AS text) IS NULL OR health = :health)
        AND (is_active OR NOT :active)
        AND (
            CAST(:list_id AS bigint) IS NULL
            OR id = ANY(ARRAY(SELECT listed.chart_id FROM list_chart_ids(:list_id) AS listed))
        )
        AND (CAST(:words AS text) IS NULL OR search_vector(search_text) @@ CAST(:words AS tsquery))
)

SELECT
    kept.id,
    kept.slug,
    kept.name,
    kept.platform_slug,
    kept.platform_name,
    kept.place,
    kept.frequency,
    kept.sync_error,
    kept.last_ranked_on,
    kept.last_synced_at,
    kept.health,
    kept.is_active,
    kept.entry_count,
    (SELECT count(*) FROM kept) AS total,
    (SELECT count(*) FROM kept WHERE NOT sync_enabled) AS idle
FROM kept
LEFT JOIN anchor ON true
WHERE anchor.id IS NULL
    OR (kept.sync_enabled, kept.key IS NOT NULL) < (anchor.sync_enabled, anchor.key IS NOT NULL)
    OR (
        (kept.sync_enabled, kept.key IS NOT NULL) = (anchor.sync_enabled, anchor.key IS NOT NULL)
        AND (kept.key {sign} anchor.key OR (kept.key IS NOT DISTINCT FROM anchor.key AND kept.id > anchor.id))
    )
ORDER BY kept.sync_enabled DESC, kept.key IS NULL, kept.key {order}, kept.id
LIMIT :size;
