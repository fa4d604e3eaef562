-- Audience: one value per track, platform and calendar date, and everything known about how it came.

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

-- What a value was before an upsert changed it. Append only.
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

CREATE INDEX audience_states_due ON audience_states (due_at, track_id, platform_id) WHERE due_at IS NOT NULL;

-- Dates that upserts touched and the named aggregate has not taken up yet.
CREATE TABLE aggregate_refreshes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    aggregate text NOT NULL,
    first_date date NOT NULL,
    last_date date NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (first_date <= last_date)
);

CREATE INDEX aggregate_refreshes_by_aggregate ON aggregate_refreshes (aggregate, first_date);
