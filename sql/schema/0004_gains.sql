-- What a series gained: the only definitions (docs/figures.md says them in words, with examples).

-- Whether a series that begins inside a period counts from 0: its track was released in the period, or the platform
-- had it within 3 days of the release. Else what it had before its first value is not known; nor is it where the values
-- begin more than 3 days before the release, which is then that of another edition.
CREATE FUNCTION begins_at_zero(series_begins date, released_on date, first_day date, last_day date) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN coalesce(
    series_begins >= first_day
    AND series_begins >= released_on - 3
    AND (released_on BETWEEN first_day AND last_day OR series_begins <= released_on + 3),
    false
);

-- The day before a series that counts from 0 had anything to count: before its release, or before its first value.
CREATE FUNCTION zero_day(series_begins date, released_on date) RETURNS date
LANGUAGE sql IMMUTABLE
RETURN least(series_begins, released_on) - 1;

-- What a series gained from `first_day` to `last_day`, both included: its last total in the period minus its base. The
-- base is the last total before the period, at most 8 days before its first day, or 0 where begins_at_zero(). Without
-- a base, `base_date`, `gain` and `covers` are null: unknown. No row where the period has no value. `covers` is the
-- number of days that the gain is of: fewer than the period has where the series ends before it, more after a gap.
CREATE FUNCTION audience_gain(of_track bigint, of_platform integer, first_day date, last_day date)
RETURNS TABLE (last_date date, total bigint, base_date date, gain bigint, covers integer)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT
        newest.date,
        newest.audience_value,
        base.date,
        newest.audience_value - base.total,
        newest.date - base.date
    FROM (
        SELECT date, audience_value FROM track_audience_time_series
        WHERE track_id = of_track AND platform_id = of_platform AND date BETWEEN first_day AND last_day
        ORDER BY date DESC
        LIMIT 1
    ) AS newest
    JOIN tracks ON tracks.id = of_track
    LEFT JOIN LATERAL (
        SELECT date, audience_value FROM track_audience_time_series
        WHERE track_id = of_track AND platform_id = of_platform AND date BETWEEN first_day - 8 AND first_day - 1
        ORDER BY date DESC
        LIMIT 1
    ) AS before ON true
    LEFT JOIN LATERAL (
        SELECT date FROM track_audience_time_series
        WHERE before.date IS NULL AND track_id = of_track AND platform_id = of_platform
        ORDER BY date
        LIMIT 1
    ) AS oldest ON true
    LEFT JOIN LATERAL (
        SELECT before.date, before.audience_value AS total
        WHERE before.date IS NOT NULL
        UNION ALL
        SELECT zero_day(oldest.date, tracks.release_date), 0
        WHERE before.date IS NULL AND begins_at_zero(oldest.date, tracks.release_date, first_day, last_day)
    ) AS base ON true;
END;

-- The same with the gain of as many days before, for a change: null unless both gains are known and of as many days,
-- since a part of a period compared with a whole one is no change.
CREATE FUNCTION audience_gain_and_before(of_track bigint, of_platform integer, first_day date, last_day date)
RETURNS TABLE (last_date date, total bigint, base_date date, gain bigint, covers integer, gain_before bigint)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT now.last_date, now.total, now.base_date, now.gain, now.covers, former.gain
    FROM audience_gain(of_track, of_platform, first_day, last_day) AS now
    LEFT JOIN LATERAL audience_gain(
        of_track,
        of_platform,
        first_day - (last_day - first_day + 1),
        now.last_date - (last_day - first_day + 1)
    ) AS former ON former.covers = now.covers;
END;

-- The ends of a series, and what it gained in the 7 days to its newest value and in the 7 before.
CREATE OR REPLACE FUNCTION audience_summary(series_track bigint, series_platform integer)
RETURNS TABLE (
    first_date date, last_date date, latest_value bigint, gain_7_days bigint, gain_7_days_before bigint
)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT oldest.date, newest.date, newest.audience_value, week.gain, week.gain_before
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
    LEFT JOIN LATERAL audience_gain_and_before(
        series_track, series_platform, newest.date - 6, newest.date
    ) AS week ON true;
END;

-- A release date decides where a series counts from 0, and comes with the song's details, often after its audience.
CREATE OR REPLACE FUNCTION recount_gains_of_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE audience_states
    SET
        gain_7_days = summary.gain_7_days,
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

-- The dates from first_date to last_date on which a platform reported several days at once, and how many days: the total
-- rose after two or more equal totals directly before, by at least twice the median gain of a day in the 28 days up to
-- the first of them. A series whose median day does not move, such as one that is reported once a week, has none.
-- Equal totals are looked for up to 90 days back.
CREATE FUNCTION audience_catch_ups(series_track bigint, series_platform integer, first_date date, last_date date)
RETURNS TABLE (date date, days integer)
LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH points AS (
        SELECT
            series.date,
            series.audience_value - lag(series.audience_value) OVER by_date AS gain,
            series.date - lag(series.date) OVER by_date AS covers
        FROM track_audience_time_series AS series
        WHERE series.track_id = series_track
            AND series.platform_id = series_platform
            AND (first_date IS NULL OR series.date >= first_date - 118)
            AND (last_date IS NULL OR series.date <= last_date)
        WINDOW by_date AS (ORDER BY series.date)
    ),

    -- A stretch is a total that differs from the one before it, with the equal ones after it.
    placed AS (
        SELECT points.*, count(*) FILTER (WHERE points.gain <> 0) OVER (ORDER BY points.date) AS stretch
        FROM points
    ),

    stretches AS (
        SELECT
            min(placed.date) AS date,
            (array_agg(placed.gain ORDER BY placed.date))[1] AS gain,
            lag(min(placed.date)) OVER by_stretch AS former_date,
            lag(count(*)) OVER by_stretch AS former_totals
        FROM placed
        GROUP BY placed.stretch
        WINDOW by_stretch AS (ORDER BY placed.stretch)
    )

    SELECT stretches.date, stretches.date - stretches.former_date
    FROM stretches
    CROSS JOIN LATERAL (
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY points.gain::double precision / points.covers) AS gain
        FROM points
        WHERE points.date BETWEEN stretches.former_date - 27 AND stretches.former_date
    ) AS median
    WHERE (first_date IS NULL OR stretches.date >= first_date)
        AND stretches.former_totals >= 2
        AND median.gain > 0
        AND stretches.gain >= 2 * median.gain
    ORDER BY stretches.date;
END;
