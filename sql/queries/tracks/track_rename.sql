-- Changes the uuid of a track; the former one becomes an alias.
WITH renamed AS (
    UPDATE tracks SET uuid = CAST(:uuid AS uuid) WHERE id = :track_id
    RETURNING old.uuid, id
)

INSERT INTO track_aliases (uuid, track_id)
SELECT uuid, id FROM renamed;
