-- An imported chart: creates a new one, disabled, and fills only empty columns of an existing one.
INSERT INTO charts AS stored (
    slug, name, platform_id, country_code, country_name, city_name, frequency, web_url, search_text
)
VALUES (
    :slug, :name, :platform_id, :country_code, :country_name, :city_name, :frequency, :web_url, :search_text
)
ON CONFLICT (slug) DO UPDATE SET
    name = coalesce(nullif(stored.name, ''), excluded.name),
    country_code = coalesce(nullif(stored.country_code, ''), excluded.country_code),
    country_name = coalesce(nullif(stored.country_name, ''), excluded.country_name),
    city_name = coalesce(nullif(stored.city_name, ''), excluded.city_name),
    frequency = coalesce(nullif(stored.frequency, ''), excluded.frequency),
    web_url = coalesce(nullif(stored.web_url, ''), excluded.web_url),
    search_text = btrim(stored.search_text || ' ' || excluded.search_text),
    version = stored.version + 1
WHERE (stored.name = '' AND excluded.name <> '')
    OR (stored.country_code = '' AND excluded.country_code <> '')
    OR (stored.country_name = '' AND excluded.country_name <> '')
    OR (stored.city_name = '' AND excluded.city_name <> '')
    OR (stored.frequency = '' AND excluded.frequency <> '')
    OR (stored.web_url = '' AND excluded.web_url <> '')
RETURNING old.id IS NULL AS created;
