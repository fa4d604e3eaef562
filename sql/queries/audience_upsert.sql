-- Writes what differs and nothing else, and keeps what it replaces, in one statement: reading the former value
-- first would record a wrong one under concurrency. Older answers never overwrite newer ones.
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
    WHERE (stored.audience_value, stored.api_data) IS DISTINCT FROM (excluded.audience_value, excluded.api_data)
        AND stored.fetched_at <= excluded.fetched_at
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
    WHERE former_value IS NOT NULL
),

touched AS (
    INSERT INTO aggregate_refreshes (aggregate, first_date, last_date)
    SELECT aggregates.name, min(upserted.date), max(upserted.date)
    FROM upserted
    CROSS JOIN (VALUES ('audience_weekly'), ('audience_monthly')) AS aggregates (name)
    GROUP BY aggregates.name
)

SELECT
    count(*) FILTER (WHERE former_value IS NULL) AS created,
    count(*) FILTER (WHERE former_value IS NOT NULL) AS updated,
    (SELECT count(*) FROM staged) - count(*) AS unchanged
FROM upserted;
