-- Audience: one value per track, platform and calendar date, and its source.

-- A plain table here; the engine step makes it a hypertable where TimescaleDB is loaded.
-- The key leads with the series, because every read asks for one track over a range of dates.
CREATE TABLE track_audience_time_series (
    track_id bigint NOT NULL REFERENCES tracks ON DELETE RESTRICT,
    platform_id integer NOT NULL REFERENCES platforms ON DELETE RESTRICT,
    date date NOT NULL,
    audience_value bigint NOT NULL CHECK (audience_value >= 0),
    platform_identifier text NOT NULL DEFAULT '',
    fetched_at timestamptz NOT NULL,
    api_data jsonb NOT NULL,
    PRIMARY KEY (track_id, platform_id, date)
);

COMMENT ON COLUMN track_audience_time_series.audience_value IS 'running total as received, by the platform''s plot_rule';
COMMENT ON COLUMN track_audience_time_series.fetched_at IS 'when this content first came';
COMMENT ON COLUMN track_audience_time_series.api_data IS 'the item as received';

-- Former values that an upsert changed. Append only.
CREATE TABLE audience_revisions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    track_id bigint NOT NULL REFERENCES tracks ON DELETE RESTRICT,
    platform_id integer NOT NULL REFERENCES platforms ON DELETE RESTRICT,
    date date NOT NULL,
    former_value bigint NOT NULL,
    former_identifier text NOT NULL,
    former_api_data jsonb NOT NULL,
    former_fetched_at timestamptz NOT NULL,
    audience_value bigint NOT NULL,
    revised_at timestamptz NOT NULL,
    run_uuid uuid
);

CREATE INDEX audience_revisions_by_series ON audience_revisions (track_id, platform_id, date, id);

CREATE TABLE audience_states (
    track_id bigint NOT NULL REFERENCES tracks ON DELETE RESTRICT,
    platform_id integer NOT NULL REFERENCES platforms ON DELETE RESTRICT,
    status text NOT NULL DEFAULT 'never' CHECK (status IN ('never', 'ok', 'empty', 'absent', 'failed')),
    error text NOT NULL DEFAULT '',
    looked_at timestamptz,
    fetched_at timestamptz,
    first_date date,
    last_date date,
    latest_value bigint,
    gain_7_days bigint,
    gain_7_days_before bigint,
    gain_change double precision GENERATED ALWAYS AS (
        CASE
            WHEN gain_7_days_before >= 1000
            THEN (gain_7_days - gain_7_days_before)::double precision / gain_7_days_before
        END
    ) STORED,
    history_from date,
    due_at timestamptz,
    version bigint NOT NULL DEFAULT 0,
    run_uuid uuid,
    PRIMARY KEY (track_id, platform_id)
);

COMMENT ON COLUMN audience_states.looked_at IS 'the last try, whatever came of it';
COMMENT ON COLUMN audience_states.fetched_at IS 'the last answer of the API';
COMMENT ON COLUMN audience_states.history_from IS 'the back-fill has asked for every date from here on';
COMMENT ON COLUMN audience_states.version IS 'raised in the transaction that changes rows of the series';

COMMENT ON COLUMN audience_states.gain_7_days IS 'see audience_summary()';
COMMENT ON COLUMN audience_states.gain_change IS 'a share: 0.1 is 10 % more than the 7 days before; null from a base under 1,000';

-- The figures that lists of tracks show and sort by, stored with each series so that no list reads the series itself.
CREATE INDEX audience_states_by_value ON audience_states (platform_id, latest_value, track_id);
CREATE INDEX audience_states_by_gain ON audience_states (platform_id, gain_7_days, track_id);
CREATE INDEX audience_states_by_change ON audience_states (platform_id, gain_change, track_id);
CREATE INDEX audience_states_by_date ON audience_states (platform_id, last_date, track_id);
CREATE INDEX audience_states_due ON audience_states (due_at, track_id, platform_id) WHERE due_at IS NOT NULL;

-- The ends of a series and its gain of the last 7 days and of the 7 before: the newest total minus the last one at
-- least 7 days older. Null where that one is more than 14 days older, since it would not be a week's gain.
CREATE FUNCTION audience_summary(series_track bigint, series_platform integer)
RETURNS TABLE (
    first_date date, last_date date, latest_value bigint, gain_7_days bigint, gain_7_days_before bigint
)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT
        oldest.date,
        newest.date,
        newest.audience_value,
        newest.audience_value - week.audience_value,
        week.audience_value - fortnight.audience_value
    FROM (SELECT) AS always
    LEFT JOIN LATERAL (
        SELECT date, audience_value FROM track_audience_time_series
        WHERE track_id = series_track AND platform_id = series_platform
        ORDER BY date DESC
        LIMIT 1
    ) AS newest ON true
    LEFT JOIN LATERAL (
        SELECT date FROM track_audience_time_series
        WHERE track_id = series_track AND platform_id = series_platform
        ORDER BY date
        LIMIT 1
    ) AS oldest ON true
    LEFT JOIN LATERAL (
        SELECT date, audience_value FROM track_audience_time_series
        WHERE track_id = series_track AND platform_id = series_platform
            AND date BETWEEN newest.date - 14 AND newest.date - 7
        ORDER BY date DESC
        LIMIT 1
    ) AS week ON true
    LEFT JOIN LATERAL (
        SELECT audience_value FROM track_audience_time_series
        WHERE track_id = series_track AND platform_id = series_platform
            AND date BETWEEN week.date - 14 AND week.date - 7
        ORDER BY date DESC
        LIMIT 1
    ) AS fortnight ON true;
END;

-- Dates that upserts touched and whose refresh is pending in the named aggregate.
CREATE TABLE aggregate_refreshes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    aggregate text NOT NULL,
    first_date date NOT NULL,
    last_date date NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (first_date <= last_date)
);

CREATE INDEX aggregate_refreshes_by_aggregate ON aggregate_refreshes (aggregate, first_date);
