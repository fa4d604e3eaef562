-- An artist as a song's credits name one; what the artist's own metadata brought is left alone.
INSERT INTO artists AS stored (uuid, name, slug, image_url, app_url)
VALUES (CAST(:uuid AS uuid), :name, :slug, :image_url, :app_url)
ON CONFLICT (uuid) DO UPDATE SET
    name = excluded.name,
    slug = excluded.slug,
    image_url = excluded.image_url,
    app_url = excluded.app_url
WHERE (stored.name, stored.slug, stored.image_url, stored.app_url)
    IS DISTINCT FROM (excluded.name, excluded.slug, excluded.image_url, excluded.app_url);
