-- The 7 days of a series end with a whole day. A value that came on its own day may still grow: compared with a whole
-- week, a week that ends with it would have a false fall.
ALTER TABLE audience_states
ADD COLUMN last_whole_date date,
ADD COLUMN last_whole_value bigint,
ADD COLUMN gain_7_days_base date;

COMMENT ON COLUMN audience_states.last_whole_date
IS 'the newest date, or the one before if its value came on that very day; the 7 days end with it';
COMMENT ON COLUMN audience_states.gain_7_days_base IS 'the day of the base of the gain, see audience_gain()';

DROP FUNCTION audience_summary;

-- The ends of a series, its newest whole day, when a total of it last fell, and what it gained in the 7 days to its
-- newest whole day and in the 7 before. Planning it takes 20 times as long as executing it: the one plan of a connection
-- serves every series.
CREATE FUNCTION audience_summary(series_track bigint, series_platform integer)
RETURNS TABLE (
    first_date date,
    last_date date,
    latest_value bigint,
    last_whole_date date,
    last_whole_value bigint,
    fell_on date,
    gain_7_days bigint,
    gain_7_days_base date,
    gain_7_days_covers integer,
    gain_7_days_caveat text,
    gain_7_days_before bigint
)
LANGUAGE sql STABLE SET plan_cache_mode = force_generic_plan
BEGIN ATOMIC
    SELECT
        oldest.date,
        newest.date,
        newest.audience_value,
        whole.date,
        whole.audience_value,
        fall.date,
        week.gain,
        week.base_date,
        week.covers,
        week.caveat,
        week.gain_before
    FROM (SELECT) AS always
    LEFT JOIN LATERAL (
        SELECT date, audience_value FROM track_audience_time_series
        WHERE track_id = series_track AND platform_id = series_platform
        ORDER BY date DESC
        LIMIT 1
    ) AS newest ON true
    LEFT JOIN LATERAL (
        SELECT date, audience_value FROM track_audience_time_series
        WHERE track_id = series_track
            AND platform_id = series_platform
            AND date <= newest.date
            AND (date < newest.date OR date <> CAST(fetched_at AT TIME ZONE 'UTC' AS date))
        ORDER BY date DESC
        LIMIT 1
    ) AS whole ON true
    LEFT JOIN LATERAL (
        SELECT date FROM track_audience_time_series
        WHERE track_id = series_track AND platform_id = series_platform
        ORDER BY date
        LIMIT 1
    ) AS oldest ON true
    LEFT JOIN LATERAL (
        SELECT max(steps.date) AS date
        FROM (
            SELECT date, audience_value - lag(audience_value) OVER (ORDER BY date) AS step
            FROM track_audience_time_series
            WHERE track_id = series_track AND platform_id = series_platform
        ) AS steps
        WHERE steps.step < 0
    ) AS fall ON true
    LEFT JOIN LATERAL audience_gain_and_before(
        series_track, series_platform, whole.date - 6, whole.date, fall.date
    ) AS week ON true;
END;

-- What audience_gain_and_before() returns for the series of a state: its stored 7 days where these are the period.
CREATE FUNCTION audience_gain_of(state audience_states, first_day date, last_day date)
RETURNS TABLE (
    last_date date,
    total bigint,
    base_date date,
    gain bigint,
    covers integer,
    caveat text,
    gain_before bigint,
    has_note boolean
)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT
        state.last_whole_date,
        state.last_whole_value,
        state.gain_7_days_base,
        state.gain_7_days,
        state.gain_7_days_covers,
        state.gain_7_days_caveat,
        state.gain_7_days_before,
        state.gain_7_days IS NOT NULL AND (
            state.gain_7_days_caveat IS NOT NULL
            OR state.gain_7_days_base <> first_day - 1
            OR state.gain_7_days_covers <> 7
        )
    WHERE state.last_whole_date = last_day AND first_day = last_day - 6
    UNION ALL
    SELECT found.*
    FROM audience_gain_and_before(state.track_id, state.platform_id, first_day, last_day, state.fell_on) AS found
    WHERE (state.last_whole_date = last_day AND first_day = last_day - 6) IS NOT TRUE;
END;

-- The identifiers of most days come in the same order as those of the day before: containment is rarely needed.
CREATE OR REPLACE FUNCTION counts_the_same(
    plot_rule text, one text, item_of_one jsonb, other text, item_of_other jsonb
)
RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN CASE
    WHEN one IS NULL OR other IS NULL THEN NULL
    WHEN plot_rule = 'sum'
    THEN counted_identifiers(one, item_of_one) = counted_identifiers(other, item_of_other)
        OR counted_identifiers(one, item_of_one) @> counted_identifiers(other, item_of_other)
        AND counted_identifiers(other, item_of_other) @> counted_identifiers(one, item_of_one)
    ELSE one = other
        OR jsonb_exists(counted_identifiers(one, item_of_one), other)
        AND jsonb_exists(counted_identifiers(other, item_of_other), one)
END;

CREATE OR REPLACE FUNCTION recount_gains_of_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE audience_states
    SET
        last_whole_date = summary.last_whole_date,
        last_whole_value = summary.last_whole_value,
        fell_on = summary.fell_on,
        gain_7_days = summary.gain_7_days,
        gain_7_days_base = summary.gain_7_days_base,
        gain_7_days_covers = summary.gain_7_days_covers,
        gain_7_days_caveat = summary.gain_7_days_caveat,
        gain_7_days_before = summary.gain_7_days_before,
        version = audience_states.version + 1
    FROM
        audience_states AS states
        CROSS JOIN LATERAL audience_summary(states.track_id, states.platform_id) AS summary
    WHERE states.track_id = NEW.id
        AND audience_states.track_id = states.track_id
        AND audience_states.platform_id = states.platform_id
        AND states.last_date IS NOT NULL;
    RETURN NEW;
END
$$;

SET LOCAL statement_timeout = 0;

UPDATE audience_states
SET
    last_whole_date = summary.last_whole_date,
    last_whole_value = summary.last_whole_value,
    gain_7_days = summary.gain_7_days,
    gain_7_days_base = summary.gain_7_days_base,
    gain_7_days_covers = summary.gain_7_days_covers,
    gain_7_days_caveat = summary.gain_7_days_caveat,
    gain_7_days_before = summary.gain_7_days_before
FROM
    audience_states AS states
    CROSS JOIN LATERAL audience_summary(states.track_id, states.platform_id) AS summary
WHERE audience_states.track_id = states.track_id
    AND audience_states.platform_id = states.platform_id
    AND states.last_date IS NOT NULL;

SET LOCAL statement_timeout = '60s';

CREATE INDEX audience_states_by_whole_date ON audience_states (platform_id, last_whole_date);

DROP TRIGGER audience_states_raise_updated ON audience_states;
CREATE TRIGGER audience_states_raise_updated AFTER UPDATE ON audience_states
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT
    EXECUTE FUNCTION raise_version_if_changed(
        'audience',
        'track_id, platform_id, version, first_date, last_date, latest_value, last_whole_date, last_whole_value, '
        'fell_on, gain_7_days, gain_7_days_base, gain_7_days_covers, gain_7_days_caveat, gain_7_days_before'
    );
