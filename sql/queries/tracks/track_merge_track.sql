-- The rest of the loser: its cascade steps and all rows that refer to it by uuid move to the winner.
WITH loser AS (
    SELECT * FROM tracks WHERE id = :loser
),

winner AS (
    SELECT uuid FROM tracks WHERE id = :winner
),

items AS (
    UPDATE batch_items SET track_uuid = (SELECT uuid FROM winner) WHERE track_uuid = (SELECT uuid FROM loser)
),

views AS (
    UPDATE saved_views
    SET url = replace(url, CAST(loser.uuid AS text), CAST((SELECT uuid FROM winner) AS text))
    FROM loser
    WHERE strpos(url, CAST(loser.uuid AS text)) > 0
),

alias AS (
    INSERT INTO track_aliases (uuid, track_id)
    SELECT uuid, :winner FROM loser
)

UPDATE tracks AS kept
SET
    name = coalesce(nullif(kept.name, ''), loser.name),
    credit_name = coalesce(nullif(kept.credit_name, ''), loser.credit_name),
    isrc = coalesce(nullif(kept.isrc, ''), loser.isrc),
    release_date = coalesce(kept.release_date, loser.release_date),
    image_url = coalesce(nullif(kept.image_url, ''), loser.image_url),
    labels = CASE kept.labels WHEN '[]' THEN loser.labels ELSE kept.labels END,
    search_text = coalesce(nullif(kept.search_text, ''), loser.search_text),
    with_metadata = kept.with_metadata OR loser.with_metadata,
    with_artists = kept.with_artists OR loser.with_artists,
    with_audience = kept.with_audience OR loser.with_audience,
    metadata_due_at = least(kept.metadata_due_at, loser.metadata_due_at),
    created_at = least(kept.created_at, loser.created_at)
FROM loser
WHERE kept.id = :winner;
