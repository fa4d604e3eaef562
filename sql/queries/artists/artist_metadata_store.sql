-- An artist's own metadata as received, also of a new artist; credits of songs do not change it.
INSERT INTO artists (
    uuid, name, slug, image_url, app_url, web_url, country_code, city_name, genres, biography, gender, artist_type,
    birth_date, career_stage, growth_level, search_text, metadata_fetched_at, metadata_due_at
)
VALUES (
    CAST(:uuid AS uuid), :name, :slug, :image_url, :app_url, :web_url, :country_code, :city_name,
    CAST(:genres AS jsonb), :biography, :gender, :artist_type, CAST(:birth_date AS date), :career_stage,
    :growth_level, :search_text, now(), now() + :due_days * interval '1 day'
)
ON CONFLICT (uuid) DO UPDATE SET
    name = excluded.name,
    slug = excluded.slug,
    image_url = excluded.image_url,
    app_url = excluded.app_url,
    web_url = excluded.web_url,
    country_code = excluded.country_code,
    city_name = excluded.city_name,
    genres = excluded.genres,
    biography = excluded.biography,
    gender = excluded.gender,
    artist_type = excluded.artist_type,
    birth_date = excluded.birth_date,
    career_stage = excluded.career_stage,
    growth_level = excluded.growth_level,
    search_text = excluded.search_text,
    metadata_fetched_at = excluded.metadata_fetched_at,
    metadata_error = '',
    metadata_due_at = excluded.metadata_due_at;
