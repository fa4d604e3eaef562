-- An artist as named in a song's credits; columns of the artist's own metadata stay unchanged.
INSERT INTO artists AS stored (uuid, name, slug, image_url, app_url, search_text)
VALUES (CAST(:uuid AS uuid), :name, :slug, :image_url, :app_url, :search_text)
ON CONFLICT (uuid) DO UPDATE SET
    name = excluded.name,
    slug = excluded.slug,
    image_url = excluded.image_url,
    app_url = excluded.app_url,
    search_text = excluded.search_text
WHERE (stored.name, stored.slug, stored.image_url, stored.app_url, stored.search_text)
    IS DISTINCT FROM (excluded.name, excluded.slug, excluded.image_url, excluded.app_url, excluded.search_text);
