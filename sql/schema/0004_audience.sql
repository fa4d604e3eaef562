-- What comes in: totals that were reported late.

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
