-- Recounts a platform's values from the items as received, by its current rule; each differing former value becomes a
-- revision. Items without plots, such as imported figures, stay unchanged.
WITH counted AS (
    SELECT
        stored.track_id,
        stored.date,
        CASE platforms.plot_rule
            WHEN 'sum' THEN sum(CAST(plot.item ->> 'value' AS bigint))
            ELSE max(CAST(plot.item ->> 'value' AS bigint))
        END AS audience_value
    FROM track_audience_time_series AS stored
    JOIN platforms ON platforms.id = stored.platform_id
    CROSS JOIN LATERAL jsonb_array_elements(
        CASE jsonb_typeof(stored.api_data -> 'plots') WHEN 'array' THEN stored.api_data -> 'plots' ELSE '[]' END
    ) AS plot (item)
    WHERE stored.platform_id = :platform_id AND plot.item ->> 'value' ~ '^[0-9]{1,18}$'
    GROUP BY stored.track_id, stored.date, platforms.plot_rule
),

changed AS (
    UPDATE track_audience_time_series AS stored
    SET audience_value = counted.audience_value
    FROM counted
    WHERE stored.platform_id = :platform_id
        AND stored.track_id = counted.track_id
        AND stored.date = counted.date
        AND stored.audience_value <> counted.audience_value
    RETURNING
        stored.track_id,
        stored.date,
        old.audience_value AS former_value,
        new.audience_value,
        stored.platform_identifier,
        stored.api_data,
        stored.fetched_at
),

kept AS (
    INSERT INTO audience_revisions (
        track_id, platform_id, date, former_value, former_identifier, former_api_data, former_fetched_at,
        audience_value, revised_at
    )
    SELECT
        track_id,
        :platform_id,
        date,
        former_value,
        platform_identifier,
        api_data,
        fetched_at,
        audience_value,
        now()
    FROM changed
),

touched AS (
    INSERT INTO aggregate_refreshes (aggregate, first_date, last_date)
    SELECT aggregates.name, min(changed.date), max(changed.date)
    FROM changed
    CROSS JOIN (VALUES ('audience_weekly'), ('audience_monthly')) AS aggregates (name)
    GROUP BY aggregates.name
)

SELECT count(*) FROM changed;
