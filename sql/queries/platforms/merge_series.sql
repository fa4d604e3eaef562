-- Moves a platform's audience to another. Of two values for one track and date the newer one is kept, and the other
-- becomes a revision.
WITH moved AS (
    DELETE FROM track_audience_time_series
    WHERE platform_id = :loser
    RETURNING *
),

collided AS (
    SELECT moved.*, kept.audience_value AS kept_value
    FROM moved
    JOIN track_audience_time_series AS kept
        ON kept.platform_id = :winner AND kept.track_id = moved.track_id AND kept.date = moved.date
    WHERE kept.fetched_at >= moved.fetched_at
),

written AS (
    INSERT INTO track_audience_time_series AS kept (
        track_id, platform_id, date, audience_value, platform_identifier, fetched_at, api_data
    )
    SELECT track_id, :winner, date, audience_value, platform_identifier, fetched_at, api_data
    FROM moved
    ON CONFLICT (track_id, platform_id, date) DO UPDATE SET
        audience_value = excluded.audience_value,
        platform_identifier = excluded.platform_identifier,
        fetched_at = excluded.fetched_at,
        api_data = excluded.api_data
    WHERE excluded.fetched_at > kept.fetched_at
    RETURNING
        new.track_id,
        new.date,
        new.audience_value,
        old.audience_value AS former_value,
        old.platform_identifier AS former_identifier,
        old.api_data AS former_api_data,
        old.fetched_at AS former_fetched_at
),

revised AS (
    INSERT INTO audience_revisions (
        track_id, platform_id, date, former_value, former_identifier, former_api_data, former_fetched_at,
        audience_value, revised_at
    )
    SELECT
        track_id, :winner, date, former_value, former_identifier, former_api_data, former_fetched_at,
        audience_value, now()
    FROM written
    WHERE former_value IS DISTINCT FROM audience_value AND former_value IS NOT NULL
    UNION ALL
    SELECT track_id, :winner, date, audience_value, platform_identifier, api_data, fetched_at, kept_value, now()
    FROM collided
    WHERE audience_value <> kept_value
)

INSERT INTO aggregate_refreshes (aggregate, first_date, last_date)
SELECT aggregates.name, min(moved.date), max(moved.date)
FROM moved
CROSS JOIN (VALUES ('audience_weekly'), ('audience_monthly')) AS aggregates (name)
GROUP BY aggregates.name;
