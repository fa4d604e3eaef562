-- Imported artists: creates new ones, and fills only empty columns of existing ones.
INSERT INTO artists AS stored (uuid, name, slug, image_url, app_url, country_code, search_text, metadata_due_at)
SELECT uuid, name, slug, image_url, app_url, country_code, search_text, now()
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
    uuid uuid, name text, slug text, image_url text, app_url text, country_code text, search_text text
)
ORDER BY uuid
ON CONFLICT (uuid) DO UPDATE SET
    name = coalesce(nullif(stored.name, ''), excluded.name),
    search_text = coalesce(nullif(stored.search_text, ''), excluded.search_text),
    slug = coalesce(nullif(stored.slug, ''), excluded.slug),
    image_url = coalesce(nullif(stored.image_url, ''), excluded.image_url),
    app_url = coalesce(nullif(stored.app_url, ''), excluded.app_url),
    country_code = coalesce(nullif(stored.country_code, ''), excluded.country_code)
WHERE (stored.name = '' AND excluded.name <> '')
    OR (stored.slug = '' AND excluded.slug <> '')
    OR (stored.image_url = '' AND excluded.image_url <> '')
    OR (stored.app_url = '' AND excluded.app_url <> '')
    OR (stored.country_code = '' AND excluded.country_code <> '')
RETURNING new.uuid, old.uuid IS NULL AS created;
