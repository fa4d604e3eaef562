-- A song's metadata as received; creates the track if it is new. A song requested by hand gets its audience fetched.
INSERT INTO tracks AS stored (
    uuid, name, credit_name, isrc, release_date, duration, explicit, image_url, app_url, genres, labels, composers,
    producers, audio, copyright, distributor, language_code, search_text, metadata_fetched_at, metadata_due_at
)
VALUES (
    CAST(:uuid AS uuid), :name, :credit_name, :isrc, CAST(:release_date AS date), CAST(:duration AS integer),
    :explicit, :image_url, :app_url, CAST(:genres AS jsonb), CAST(:labels AS jsonb), CAST(:composers AS jsonb),
    CAST(:producers AS jsonb), CAST(:audio AS jsonb), :copyright, :distributor, :language_code, :search_text,
    now(), now() + :due_days * interval '1 day'
)
ON CONFLICT (uuid) DO UPDATE SET
    name = excluded.name,
    credit_name = excluded.credit_name,
    isrc = excluded.isrc,
    release_date = excluded.release_date,
    duration = excluded.duration,
    explicit = excluded.explicit,
    image_url = excluded.image_url,
    app_url = excluded.app_url,
    genres = excluded.genres,
    labels = excluded.labels,
    composers = excluded.composers,
    producers = excluded.producers,
    audio = excluded.audio,
    copyright = excluded.copyright,
    distributor = excluded.distributor,
    language_code = excluded.language_code,
    search_text = excluded.search_text,
    metadata_fetched_at = excluded.metadata_fetched_at,
    metadata_due_at = excluded.metadata_due_at,
    metadata_error = '',
    with_audience = stored.with_audience OR :with_audience
RETURNING id;
