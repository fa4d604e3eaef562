-- An artist's own metadata as received; credits of songs leave it alone.
UPDATE artists
SET
    name = :name,
    slug = :slug,
    image_url = :image_url,
    app_url = :app_url,
    web_url = :web_url,
    country_code = :country_code,
    city_name = :city_name,
    genres = CAST(:genres AS jsonb),
    biography = :biography,
    gender = :gender,
    artist_type = :artist_type,
    birth_date = CAST(:birth_date AS date),
    career_stage = :career_stage,
    growth_level = :growth_level,
    search_text = :search_text,
    metadata_fetched_at = now(),
    metadata_error = '',
    metadata_due_at = now() + interval '30 days'
WHERE uuid = CAST(:uuid AS uuid);
