-- Songs with several uuids: for one uuid the API returns a song with another.
CREATE TABLE track_aliases (
    uuid uuid PRIMARY KEY,
    track_id bigint NOT NULL REFERENCES tracks ON DELETE RESTRICT,
    created_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE track_aliases IS 'other uuids of a track; whatever names a track by uuid resolves them';

CREATE INDEX track_aliases_by_track ON track_aliases (track_id);

-- Every uuid of a track: its own and its aliases.
CREATE VIEW track_uuids AS
SELECT uuid, id AS track_id FROM tracks
UNION ALL
SELECT uuid, track_id FROM track_aliases;

-- Replaces an alias by the track's own uuid before the row is checked, so that ON CONFLICT (uuid) finds the right track
-- for every writer.
CREATE FUNCTION track_alias_to_uuid() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept uuid;
BEGIN
    SELECT tracks.uuid INTO kept
    FROM track_aliases
    JOIN tracks ON tracks.id = track_aliases.track_id
    WHERE track_aliases.uuid = NEW.uuid;
    NEW.uuid := coalesce(kept, NEW.uuid);
    RETURN NEW;
END
$$;

CREATE TRIGGER tracks_alias BEFORE INSERT ON tracks
    FOR EACH ROW EXECUTE FUNCTION track_alias_to_uuid();

-- Gives the rows of every table that refers to a row of `referred` (tracks or charts) to another one. A row that would
-- stand twice under a unique key is dropped. Says how many rows of each table moved and how many met one. Tables that need
-- more than this are `apart`, and are emptied of the loser before.
CREATE FUNCTION merge_rows(referred regclass, winner bigint, loser bigint, apart text[])
RETURNS TABLE (name text, moved bigint, met bigint) LANGUAGE plpgsql AS $$
DECLARE
    reference record;
    key record;
    dropped bigint;
BEGIN
    FOR reference IN
        SELECT pg_class.oid AS id, pg_class.relname, pg_attribute.attname AS attribute
        FROM pg_constraint
        JOIN pg_class ON pg_class.oid = pg_constraint.conrelid
        JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace AND pg_namespace.nspname = 'public'
        JOIN pg_attribute
            ON pg_attribute.attrelid = pg_class.oid AND pg_attribute.attnum = pg_constraint.conkey[1]
        WHERE pg_constraint.contype = 'f' AND pg_constraint.confrelid = referred
            AND pg_class.relname <> ALL(apart)
        ORDER BY pg_class.relname, pg_attribute.attname
    LOOP
        name := reference.relname;
        met := 0;
        FOR key IN
            SELECT string_agg(format('lost.%1$I = kept.%1$I', pg_attribute.attname), ' AND ') FILTER (
                WHERE pg_attribute.attname <> reference.attribute
            ) AS same
            FROM pg_index
            JOIN pg_attribute
                ON pg_attribute.attrelid = pg_index.indrelid AND pg_attribute.attnum = ANY(pg_index.indkey)
            WHERE pg_index.indrelid = reference.id AND pg_index.indisunique
            GROUP BY pg_index.indexrelid
            HAVING bool_or(pg_attribute.attname = reference.attribute)
        LOOP
            EXECUTE format(
                'DELETE FROM %1$I AS lost USING %1$I AS kept WHERE lost.%2$I = $2 AND kept.%2$I = $1 AND %3$s',
                reference.relname, reference.attribute, coalesce(key.same, 'true')
            ) USING winner, loser;
            GET DIAGNOSTICS dropped = ROW_COUNT;
            met := met + dropped;
        END LOOP;
        EXECUTE format('UPDATE %1$I SET %2$I = $1 WHERE %2$I = $2', reference.relname, reference.attribute)
        USING winner, loser;
        GET DIAGNOSTICS moved = ROW_COUNT;
        RETURN NEXT;
    END LOOP;
END
$$;
