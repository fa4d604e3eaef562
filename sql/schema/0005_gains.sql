-- What a series gained, and whether that may be compared: the only definitions (docs/figures.md says them in words, with
-- examples). begins_at_zero() and zero_day() are as in revision 0004.

DROP FUNCTION audience_summary, audience_gain_and_before, audience_gain, audience_catch_ups;

-- The dates from first_date to last_date on which a platform reported several days at once, and how many days: the total
-- rose after two or more equal totals directly before, by at least twice the median gain of a day in the 28 days up to
-- the first of them, to which no fall led. A series whose median day does not move, such as one that is reported once a
-- week, has none. Equal totals are looked for up to 90 days back.
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
            lag(count(*)) OVER by_stretch AS former_totals,
            lag((array_agg(placed.gain ORDER BY placed.date))[1]) OVER by_stretch AS former_gain
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
        AND stretches.former_gain > 0
        AND median.gain > 0
        AND stretches.gain >= 2 * median.gain
    ORDER BY stretches.date;
END;

-- The identifiers whose values a total is made of.
CREATE FUNCTION counted_identifiers(identifier text, item jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE
RETURN coalesce(
    nullif(jsonb_path_query_array(item, '$.plots[*] ? (@.value != null).identifier'), '[]'),
    jsonb_build_array(identifier)
);

-- Whether two totals of a platform are of the same things: of the same identifiers where their sum counts; where the
-- highest of some copies does, of two that were there both times. `one` and `other` are the identifiers that count.
CREATE FUNCTION counts_the_same(plot_rule text, one text, item_of_one jsonb, other text, item_of_other jsonb)
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

-- The date that a stored total is of: its own, or that of the first of the equal totals before it where the platform
-- stood still and reported the days since then at once later. One row, which the planner takes into the query around it.
CREATE FUNCTION audience_read_on(of_track bigint, of_platform integer, on_date date, of_total bigint)
RETURNS TABLE (date date)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT least(on_date, late.first_date)
    FROM (SELECT) AS always
    LEFT JOIN LATERAL (
        SELECT audience_value FROM track_audience_time_series
        WHERE track_id = of_track AND platform_id = of_platform AND date < on_date
        ORDER BY date DESC
        LIMIT 1
    ) AS before ON true
    LEFT JOIN LATERAL (
        SELECT moved.date - found.days AS first_date
        FROM (
            SELECT date FROM track_audience_time_series
            WHERE before.audience_value = of_total
                AND track_id = of_track
                AND platform_id = of_platform
                AND date > on_date
                AND audience_value <> of_total
            ORDER BY date
            LIMIT 1
        ) AS moved
        CROSS JOIN LATERAL audience_catch_ups(of_track, of_platform, moved.date, moved.date) AS found
    ) AS late ON true;
END;

-- What a series gained from `first_day` to `last_day`, both included: its last total in the period minus its base. The
-- base is the last total before the period, at most 8 days before its first day, or 0 where begins_at_zero(). Without
-- a base, `base_date`, `gain` and `covers` are null: unknown. No row where the period has no value. `covers` is the
-- number of days that the gain is of: fewer than the period has where the series ends before it, more after a gap, and
-- what audience_read_on() says of both ends. `base_date` is the day of the base in this sense.
-- `caveat` says why the gain is no measure of what was listened to: 'identifiers' where both ends do not count the same
-- things, 'fall' where a total fell in the period or in the 8 days before its base, or is as high again as in the 90 days
-- before its base and was lower there; else null. Without a base it is of what came since the first value in the period. `newest_fall` is when a
-- total of the series last fell (audience_states.fell_on), so that few series are searched for falls.
CREATE FUNCTION audience_gain(
    of_track bigint, of_platform integer, first_day date, last_day date, newest_fall date
)
RETURNS TABLE (last_date date, total bigint, base_date date, gain bigint, covers integer, caveat text)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT
        newest.date,
        newest.audience_value,
        base.date,
        newest.audience_value - base.total,
        ending.date - base.date,
        CASE
            WHEN NOT counts_the_same(
                platforms.plot_rule,
                coalesce(before.platform_identifier, first.platform_identifier),
                coalesce(before.api_data, first.api_data),
                newest.platform_identifier,
                newest.api_data
            ) THEN 'identifiers'
            WHEN coalesce(newest_fall >= coalesce(base.date, first.date) - 90, false) AND (
                SELECT
                    coalesce(bool_or(near.step < 0 AND near.date >= coalesce(base.date - 8, first.date + 1)), false)
                    OR coalesce(
                        base.total < max(near.audience_value) FILTER (WHERE near.date <= base.date)
                        AND newest.audience_value >= max(near.audience_value) FILTER (WHERE near.date <= base.date),
                        false
                    )
                FROM (
                    SELECT date, audience_value, audience_value - lag(audience_value) OVER (ORDER BY date) AS step
                    FROM track_audience_time_series
                    WHERE track_id = of_track
                        AND platform_id = of_platform
                        AND date BETWEEN coalesce(base.date, first.date) - 90 AND newest.date
                ) AS near
            ) THEN 'fall'
        END
    FROM (
        SELECT date, audience_value, platform_identifier, api_data FROM track_audience_time_series
        WHERE track_id = of_track AND platform_id = of_platform AND date BETWEEN first_day AND last_day
        ORDER BY date DESC
        LIMIT 1
    ) AS newest
    CROSS JOIN LATERAL audience_read_on(of_track, of_platform, newest.date, newest.audience_value) AS ending
    JOIN tracks ON tracks.id = of_track
    JOIN platforms ON platforms.id = of_platform
    LEFT JOIN LATERAL (
        SELECT date, audience_value, platform_identifier, api_data FROM track_audience_time_series
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
        SELECT beginning.date, before.audience_value AS total
        FROM audience_read_on(of_track, of_platform, before.date, before.audience_value) AS beginning
        WHERE before.date IS NOT NULL
        UNION ALL
        SELECT zero_day(oldest.date, tracks.release_date), 0
        WHERE before.date IS NULL AND begins_at_zero(oldest.date, tracks.release_date, first_day, last_day)
    ) AS base ON true
    LEFT JOIN LATERAL (
        SELECT date, platform_identifier, api_data FROM track_audience_time_series
        WHERE base.date IS NULL
            AND track_id = of_track
            AND platform_id = of_platform
            AND date BETWEEN first_day AND last_day
        ORDER BY date
        LIMIT 1
    ) AS first ON true;
END;

-- The same with the gain of as many days before, for a change: null unless both gains are known, without a caveat, of as
-- many days, and of days of their own period: a part of a period compared with a whole one is no change, nor is what
-- came before the period. `has_note`: the gain is not of all the period's days and of no other, or has a caveat.
CREATE FUNCTION audience_gain_and_before(
    of_track bigint, of_platform integer, first_day date, last_day date, newest_fall date
)
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
        now.last_date,
        now.total,
        now.base_date,
        now.gain,
        now.covers,
        now.caveat,
        former.gain,
        now.gain IS NOT NULL AND (
            now.caveat IS NOT NULL
            OR now.base_date <> first_day - 1
            OR now.covers <> last_day - first_day + 1
        )
    FROM audience_gain(of_track, of_platform, first_day, last_day, newest_fall) AS now
    LEFT JOIN LATERAL audience_gain(
        of_track,
        of_platform,
        first_day - (last_day - first_day + 1),
        now.last_date - (last_day - first_day + 1),
        newest_fall
    ) AS former
        ON former.covers = now.covers
        AND former.caveat IS NULL
        AND now.caveat IS NULL
        AND former.base_date = now.base_date - (last_day - first_day + 1)
        AND now.base_date = first_day - 1;
END;

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
