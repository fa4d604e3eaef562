-- A chart as received from the API; a new one is disabled. Our own columns (sync, cascade) and its platform stay
-- unchanged. Lists of charts have no metric, rankings do. Data under a former slug change nothing.
INSERT INTO charts AS stored (
    slug, name, platform_id, country_code, country_name, city_name, frequency, max_entries, metric_name, web_url,
    search_text
)
SELECT
    :slug, :name, CAST(:platform_id AS integer), :country_code, :country_name, :city_name, :frequency,
    CAST(:max_entries AS integer), :metric_name, :web_url, :search_text
WHERE NOT EXISTS (SELECT FROM chart_aliases WHERE slug = :slug)
ON CONFLICT (slug) DO UPDATE SET
    name = excluded.name,
    country_code = excluded.country_code,
    country_name = excluded.country_name,
    city_name = excluded.city_name,
    frequency = excluded.frequency,
    max_entries = excluded.max_entries,
    metric_name = coalesce(nullif(excluded.metric_name, ''), stored.metric_name),
    web_url = excluded.web_url,
    search_text = excluded.search_text,
    version = stored.version + 1
WHERE (
    stored.name, stored.country_code, stored.country_name, stored.city_name, stored.frequency, stored.max_entries,
    stored.metric_name, stored.web_url, stored.search_text
) IS DISTINCT FROM (
    excluded.name, excluded.country_code, excluded.country_name, excluded.city_name, excluded.frequency,
    excluded.max_entries, coalesce(nullif(excluded.metric_name, ''), stored.metric_name), excluded.web_url,
    excluded.search_text
)
RETURNING old.id IS NULL AS created;
