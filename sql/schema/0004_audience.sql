-- Incoming data: invalid dates, totals that were reported late, and normalised ISRCs.

-- Values with invalid dates that were stored before such dates were refused: before 1990, or after tomorrow. Tracks
-- and platforms are stored by name, so that their merges need not update these rows.
CREATE TABLE audience_set_aside (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    track_uuid uuid NOT NULL,
    platform text NOT NULL,
    date date NOT NULL,
    audience_value bigint NOT NULL,
    platform_identifier text NOT NULL,
    fetched_at timestamptz NOT NULL,
    api_data jsonb NOT NULL,
    set_aside_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON COLUMN audience_set_aside.platform IS 'its slug at the time';

-- A placeholder for servers without TimescaleDB.
SET LOCAL timescaledb.max_tuples_decompressed_per_dml_transaction = 0;

-- Two statements, so that neither touches the chunks in between.
WITH early AS (
    DELETE FROM track_audience_time_series WHERE date < '1990-01-01' RETURNING *
),

late AS (
    DELETE FROM track_audience_time_series WHERE date > current_date + 1 RETURNING *
),

gone AS (
    SELECT * FROM early
    UNION ALL
    SELECT * FROM late
)

INSERT INTO audience_set_aside (
    track_uuid, platform, date, audience_value, platform_identifier, fetched_at, api_data
)
SELECT
    tracks.uuid,
    platforms.slug,
    gone.date,
    gone.audience_value,
    gone.platform_identifier,
    gone.fetched_at,
    gone.api_data
FROM gone
JOIN tracks ON tracks.id = gone.track_id
JOIN platforms ON platforms.id = gone.platform_id
ORDER BY gone.track_id, gone.platform_id, gone.date;

UPDATE audience_states AS states
SET
    first_date = summary.first_date,
    last_date = summary.last_date,
    latest_value = summary.latest_value,
    gain_7_days = summary.gain_7_days,
    gain_7_days_before = summary.gain_7_days_before,
    version = states.version + 1
FROM (
    SELECT DISTINCT tracks.id AS track_id, platforms.id AS platform_id
    FROM audience_set_aside AS gone
    JOIN tracks ON tracks.uuid = gone.track_uuid
    JOIN platforms ON platforms.slug = gone.platform
) AS series
CROSS JOIN LATERAL audience_summary(series.track_id, series.platform_id) AS summary
WHERE states.track_id = series.track_id AND states.platform_id = series.platform_id;

-- Future dates are not in any aggregate yet.
INSERT INTO aggregate_refreshes (aggregate, first_date, last_date)
SELECT aggregates.name, min(gone.date), max(gone.date)
FROM audience_set_aside AS gone
CROSS JOIN (VALUES ('audience_weekly'), ('audience_monthly')) AS aggregates (name)
WHERE gone.date < '1990-01-01'
GROUP BY aggregates.name, date_trunc('year', gone.date);

-- Whether a received item is from a source, and not from a file or missing.
CREATE FUNCTION is_api_answer(item jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN coalesce(jsonb_typeof(item -> 'plots') = 'array' AND item ->> 'source' IS DISTINCT FROM 'import-series', false);

-- A line of an import may name several songs.
COMMENT ON COLUMN batch_items.position IS 'the place in the batch';
COMMENT ON TABLE audience_revisions IS 'values that differed; before revision 0004 also items that differed alone';

-- An ISRC as normalised by webapp/lib/isrc.py; null if it is already normalised, or not an ISRC.
CREATE FUNCTION pg_temp.other_isrc(isrc text) RETURNS text LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT right(plain.isrc, 12)
    FROM (SELECT upper(regexp_replace(normalize(other_isrc.isrc, NFKC), '[^A-Za-z0-9]', '', 'g'))) AS plain (isrc)
    WHERE plain.isrc ~ '^(ISRC)?[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$' AND right(plain.isrc, 12) <> other_isrc.isrc;
END;

UPDATE tracks
SET isrc = pg_temp.other_isrc(isrc), search_text = search_text || ' ' || lower(pg_temp.other_isrc(isrc))
WHERE pg_temp.other_isrc(isrc) IS NOT NULL;

-- If another track already has the normalised ISRC, both rows stay.
WITH wanted AS (
    SELECT
        identifiers.platform_id,
        identifiers.identifier,
        pg_temp.other_isrc(identifiers.identifier) AS isrc
    FROM track_identifiers AS identifiers
    JOIN platforms ON platforms.id = identifiers.platform_id AND platforms.slug = 'isrc'
    WHERE pg_temp.other_isrc(identifiers.identifier) IS NOT NULL
),

renamed AS (
    INSERT INTO track_identifiers AS held (
        platform_id, identifier, track_id, is_default, url, first_seen_at, last_seen_at
    )
    SELECT DISTINCT ON (wanted.isrc)
        wanted.platform_id,
        wanted.isrc,
        identifiers.track_id,
        identifiers.is_default,
        identifiers.url,
        identifiers.first_seen_at,
        identifiers.last_seen_at
    FROM wanted
    JOIN track_identifiers AS identifiers USING (platform_id, identifier)
    ORDER BY wanted.isrc, identifiers.last_seen_at DESC
    ON CONFLICT (platform_id, identifier) DO UPDATE SET
        first_seen_at = least(held.first_seen_at, excluded.first_seen_at)
    RETURNING platform_id, identifier, track_id
)

DELETE FROM track_identifiers AS identifiers
USING wanted, renamed
WHERE identifiers.platform_id = wanted.platform_id
    AND identifiers.identifier = wanted.identifier
    AND renamed.identifier = wanted.isrc
    AND renamed.track_id = identifiers.track_id;

DROP FUNCTION pg_temp.other_isrc;
