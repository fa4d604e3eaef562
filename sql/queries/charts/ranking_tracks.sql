-- The tracks of a staged ranking, in the order of their key, so that workers with the same tracks do not deadlock.
-- New tracks start with the chart's cascade, which is added to that of existing ones.
INSERT INTO tracks AS stored (
    uuid, name, credit_name, image_url, search_text, with_metadata, with_artists, with_audience
)
SELECT DISTINCT ON (stage.uuid)
    stage.uuid,
    stage.name,
    stage.credit_name,
    stage.image_url,
    stage.search_text,
    charts.with_metadata,
    charts.with_artists,
    charts.with_audience
FROM ranking_stage AS stage
JOIN charts ON charts.id = :chart_id
ORDER BY stage.uuid, stage.position
ON CONFLICT (uuid) DO UPDATE SET
    with_metadata = stored.with_metadata OR excluded.with_metadata,
    with_artists = stored.with_artists OR excluded.with_artists,
    with_audience = stored.with_audience OR excluded.with_audience,
    -- A new step follows from the metadata.
    metadata_due_at = CASE
        WHEN (excluded.with_metadata AND NOT stored.with_metadata)
            OR (excluded.with_artists AND NOT stored.with_artists)
            OR (excluded.with_audience AND NOT stored.with_audience)
        THEN least(stored.metadata_due_at, now())
        ELSE stored.metadata_due_at
    END
WHERE (excluded.with_metadata AND NOT stored.with_metadata)
    OR (excluded.with_artists AND NOT stored.with_artists)
    OR (excluded.with_audience AND NOT stored.with_audience);
