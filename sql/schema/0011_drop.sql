DROP FUNCTION audience_gain_of;
DROP FUNCTION audience_summary;
DROP INDEX audience_states_by_whole_date;
DROP TRIGGER audience_states_raise_updated ON audience_states;
CREATE TRIGGER audience_states_raise_updated AFTER UPDATE ON audience_states
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT
    EXECUTE FUNCTION raise_version_if_changed(
        'audience',
        'track_id, platform_id, version, first_date, last_date, latest_value, fell_on, gain_7_days, gain_7_days_covers, '
        'gain_7_days_caveat, gain_7_days_before'
    );
ALTER TABLE audience_states
DROP COLUMN last_whole_date, DROP COLUMN last_whole_value, DROP COLUMN gain_7_days_base;

-- The former ends of the 7 days.
-- The ends of a series, when a total of it last fell, and what it gained in the 7 days to its newest value and in the 7
-- before.
CREATE FUNCTION audience_summary(series_track bigint, series_platform integer)
RETURNS TABLE (
    first_date date,
    last_date date,
    latest_value bigint,
    fell_on date,
    gain_7_days bigint,
    gain_7_days_covers integer,
    gain_7_days_caveat text,
    gain_7_days_before bigint
)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT
        oldest.date,
        newest.date,
        newest.audience_value,
        fall.date,
        week.gain,
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
        series_track, series_platform, newest.date - 6, newest.date, fall.date
    ) AS week ON true;
END;

CREATE OR REPLACE FUNCTION recount_gains_of_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE audience_states
    SET
        fell_on = summary.fell_on,
        gain_7_days = summary.gain_7_days,
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

CREATE OR REPLACE FUNCTION counts_the_same(plot_rule text, one text, item_of_one jsonb, other text, item_of_other jsonb)
RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN CASE
    WHEN one IS NULL OR other IS NULL THEN NULL
    WHEN plot_rule = 'sum'
    THEN counted_identifiers(one, item_of_one) @> counted_identifiers(other, item_of_other)
        AND counted_identifiers(other, item_of_other) @> counted_identifiers(one, item_of_one)
    ELSE one = other
        OR jsonb_exists(counted_identifiers(one, item_of_one), other)
        AND jsonb_exists(counted_identifiers(other, item_of_other), one)
END;
