-- Imported tracks: creates new ones, with metadata due at once, and fills only empty columns of existing ones.
INSERT INTO tracks AS stored (uuid, name, credit_name, isrc, release_date, image_url, labels, search_text)
SELECT uuid, name, credit_name, isrc, release_date, image_url, labels, search_text
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
    uuid uuid, name text, credit_name text, isrc text, release_date date, image_url text, labels jsonb,
    search_text text
)
ORDER BY uuid
ON CONFLICT (uuid) DO UPDATE SET
    name = coalesce(nullif(stored.name, ''), excluded.name),
    credit_name = coalesce(nullif(stored.credit_name, ''), excluded.credit_name),
    isrc = coalesce(nullif(stored.isrc, ''), excluded.isrc),
    release_date = coalesce(stored.release_date, excluded.release_date),
    image_url = coalesce(nullif(stored.image_url, ''), excluded.image_url),
    labels = CASE stored.labels WHEN '[]' THEN excluded.labels ELSE stored.labels END,
    search_text = btrim(stored.search_text || ' ' || excluded.search_text)
WHERE (stored.name = '' AND excluded.name <> '')
    OR (stored.credit_name = '' AND excluded.credit_name <> '')
    OR (stored.isrc = '' AND excluded.isrc <> '')
    OR (stored.release_date IS NULL AND excluded.release_date IS NOT NULL)
    OR (stored.image_url = '' AND excluded.image_url <> '')
    OR (stored.labels = '[]' AND excluded.labels <> '[]')
RETURNING new.uuid, old.uuid IS NULL AS created;
