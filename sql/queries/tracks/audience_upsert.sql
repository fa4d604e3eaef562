-- Writes only differences, and keeps replaced values, in one statement: reading the former value first would record a
-- wrong one under concurrency. Older responses never overwrite newer ones. A differing value creates a revision. If
-- only the received item differs, the value counts as unchanged, and one item stays: a response of the API rather
-- than an import or nothing, whichever came first; of two alike the newer one. Pages show the item too, so caches of
-- the series are invalidated although no value has changed.
WITH staged AS (
    SELECT DISTINCT ON (track_id, platform_id, date) *
    FROM audience_stage
    ORDER BY track_id, platform_id, date, fetched_at DESC, ordinal DESC
),

upserted AS (
    INSERT INTO track_audience_time_series AS stored (
        track_id, platform_id, date, audience_value, platform_identifier, fetched_at, api_data
    )
    SELECT track_id, platform_id, date, audience_value, platform_identifier, fetched_at, api_data
    FROM staged
    ON CONFLICT (track_id, platform_id, date) DO UPDATE SET
        audience_value = excluded.audience_value,
        platform_identifier = excluded.platform_identifier,
        fetched_at = excluded.fetched_at,
        api_data = excluded.api_data
    WHERE CASE
        WHEN stored.audience_value <> excluded.audience_value THEN stored.fetched_at <= excluded.fetched_at
        WHEN is_api_answer(stored.api_data) <> is_api_answer(excluded.api_data) THEN is_api_answer(excluded.api_data)
        ELSE stored.api_data <> excluded.api_data AND stored.fetched_at <= excluded.fetched_at
    END
    RETURNING
        new.track_id,
        new.platform_id,
        new.date,
        new.audience_value,
        new.fetched_at,
        old.audience_value AS former_value,
        old.platform_identifier AS former_identifier,
        old.api_data AS former_api_data,
        old.fetched_at AS former_fetched_at
),

kept AS (
    INSERT INTO audience_revisions (
        track_id, platform_id, date, former_value, former_identifier, former_api_data, former_fetched_at,
        audience_value, revised_at, run_uuid
    )
    SELECT
        track_id, platform_id, date, former_value, former_identifier, former_api_data, former_fetched_at,
        audience_value, fetched_at, :run_uuid
    FROM upserted
    WHERE former_value <> audience_value
),

-- Pages show the item too: caches of the series hold no longer, although no value has changed.
shown AS (
    UPDATE audience_states AS states
    SET version = states.version + 1
    FROM (SELECT DISTINCT track_id, platform_id FROM upserted WHERE former_value = audience_value) AS series
    WHERE states.track_id = series.track_id AND states.platform_id = series.platform_id
),

touched AS (
    INSERT INTO aggregate_refreshes (aggregate, first_date, last_date)
    SELECT aggregates.name, min(upserted.date), max(upserted.date)
    FROM upserted
    CROSS JOIN (VALUES ('audience_weekly'), ('audience_monthly')) AS aggregates (name)
    WHERE upserted.former_value IS DISTINCT FROM upserted.audience_value
    GROUP BY aggregates.name
)

SELECT
    count(*) FILTER (WHERE former_value IS NULL) AS created,
    count(*) FILTER (WHERE former_value <> audience_value) AS updated,
    (SELECT count(*) FROM staged) - count(*) FILTER (WHERE former_value IS DISTINCT FROM audience_value) AS unchanged,
    count(*) FILTER (WHERE former_value = audience_value) AS rewritten
FROM upserted;
