-- One track on some platforms: a row per platform and bucket (day, week or month) of a range.
-- Raw rows are bucketed here: for one track that is cheaper than any aggregate. The last value before the range is read
-- too, so that the first gain and the first gap are true. What begins in the range counts from 0 where
-- begins_at_zero(). Of a bucket count the days that are in the range, from where the series begins to its last value.
WITH series AS (
    SELECT
        points.platform_id,
        points.date,
        points.audience_value,
        points.fetched_at,
        date_trunc(:interval, points.date)::date AS bucket,
        platforms.plot_rule,
        points.platform_identifier AS identifier,
        points.api_data AS item
    FROM unnest(CAST(:platform_ids AS integer[])) AS wanted (platform_id)
    JOIN platforms ON platforms.id = wanted.platform_id
    CROSS JOIN LATERAL (
        SELECT coalesce(max(before.date), '-infinity') AS date
        FROM track_audience_time_series AS before
        WHERE before.track_id = :track_id
            AND before.platform_id = wanted.platform_id
            AND before.date < CAST(:start_date AS date)
    ) AS reach
    JOIN track_audience_time_series AS points
        ON points.track_id = :track_id
        AND points.platform_id = wanted.platform_id
        AND points.date >= reach.date
        AND (CAST(:end_date AS date) IS NULL OR points.date <= :end_date)
),

revised AS (
    SELECT DISTINCT ON (platform_id, date)
        platform_id,
        date,
        former_value,
        revised_at
    FROM audience_revisions
    WHERE track_id = :track_id
        AND platform_id = ANY(CAST(:platform_ids AS integer[]))
        AND former_value <> audience_value
    ORDER BY platform_id, date, id DESC
),

ordered AS (
    SELECT
        series.*,
        revised.former_value,
        revised.revised_at,
        NOT counts_the_same(
            plot_rule, lag(identifier) OVER by_date, lag(item) OVER by_date, identifier, item
        ) AS identifiers_changed
    FROM series
    LEFT JOIN revised USING (platform_id, date)
    WINDOW by_date AS (PARTITION BY series.platform_id ORDER BY series.date)
),

-- Where each series begins to count, and the total that it had there. Materialized, like `before`: the planner does not
-- know how few series there are, and would count this for every bucket.
begun AS MATERIALIZED (
    SELECT
        platform_id,
        zero_day(min(date), min(release_date)) AS zero_day
    FROM series
    CROSS JOIN (SELECT release_date FROM tracks WHERE id = :track_id) AS track
    GROUP BY platform_id
    HAVING begins_at_zero(
        min(date),
        min(release_date),
        -- Without a start the range begins with the release of a song whose values begin soon after it.
        coalesce(
            CAST(:start_date AS date),
            CASE WHEN min(date) - min(release_date) BETWEEN 0 AND 90 THEN min(release_date) END,
            min(date)
        ),
        coalesce(CAST(:end_date AS date), max(date))
    )
),

-- What each series gained in the whole range; counted once for each, and not for each of its rows.
whole AS MATERIALIZED (
    SELECT
        wanted.platform_id,
        gained.base_date AS range_base_date,
        gained.gain AS range_gain,
        gained.caveat AS range_caveat,
        heights.total AS height_before
    FROM unnest(CAST(:platform_ids AS integer[])) AS wanted (platform_id)
    LEFT JOIN audience_states AS states ON states.track_id = :track_id AND states.platform_id = wanted.platform_id
    CROSS JOIN LATERAL audience_gain(
        :track_id, wanted.platform_id, CAST(:start_date AS date), CAST(:end_date AS date), states.fell_on
    ) AS gained
    CROSS JOIN LATERAL (
        SELECT max(audience_value) AS total
        FROM track_audience_time_series
        WHERE track_id = :track_id
            AND platform_id = wanted.platform_id
            AND date BETWEEN CAST(:start_date AS date) - 90 AND CAST(:start_date AS date) - 1
    ) AS heights
),

-- Dates on which a platform reported several days at once. A week or month has all of them where they are its own; where
-- some are of another, each has what belongs to the other, or lacks what the other has, even after the range.
late AS MATERIALIZED (
    SELECT
        wanted.platform_id,
        found.date,
        found.days,
        date_trunc(:interval, found.date - found.days + 1)::date AS first_bucket,
        date_trunc(:interval, found.date)::date AS last_bucket
    FROM unnest(CAST(:platform_ids AS integer[])) AS wanted (platform_id)
    CROSS JOIN LATERAL audience_catch_ups(
        :track_id,
        wanted.platform_id,
        CAST(:start_date AS date),
        CAST(:end_date AS date) + 90
    ) AS found
),

before AS MATERIALIZED (
    SELECT platform_id, date, audience_value FROM series
    WHERE date < CAST(:start_date AS date)
),

buckets AS (
    SELECT
        platform_id,
        bucket,
        min(date) AS first_date,
        max(date) AS last_date,
        (array_agg(audience_value ORDER BY date))[1] AS first_total,
        (array_agg(audience_value ORDER BY date DESC))[1] AS total,
        max(fetched_at) AS fetched_at,
        (array_agg(former_value ORDER BY revised_at DESC) FILTER (WHERE revised_at IS NOT NULL))[1] AS former_value,
        max(revised_at) AS revised_at,
        coalesce(bool_or(identifiers_changed), false) AS identifiers_changed
    FROM ordered
    WHERE CAST(:start_date AS date) IS NULL OR date >= CAST(:start_date AS date)
    GROUP BY platform_id, bucket
),

based AS (
    SELECT
        buckets.*,
        (buckets.bucket + CAST('1 ' || :interval AS interval))::date AS next_bucket,
        coalesce(lag(buckets.last_date) OVER by_bucket, before.date, begun.zero_day) AS base_date,
        coalesce(
            lag(buckets.total) OVER by_bucket,
            before.audience_value,
            CASE WHEN begun.zero_day IS NOT NULL THEN 0 END
        ) AS base
    FROM buckets
    LEFT JOIN before ON before.platform_id = buckets.platform_id
    LEFT JOIN begun ON begun.platform_id = buckets.platform_id
    WINDOW by_bucket AS (PARTITION BY buckets.platform_id ORDER BY buckets.bucket)
)

SELECT
    based.platform_id,
    bucket AS label,
    last_date,
    total,
    total - base AS gain,
    last_date - base_date AS covers,
    coalesce(ending.date, last_date) - coalesce(beginning.date, base_date) AS gain_days,
    next_bucket - bucket AS length,
    last_date + 1 - greatest(bucket, CAST(:start_date AS date), least(base_date + 1, first_date)) AS days_known,
    :interval <> 'day' AND next_bucket > CAST(:today AS date) AS so_far,
    fetched_at,
    former_value,
    revised_at,
    identifiers_changed,
    late.days AS reported_days,
    first_date,
    first_total,
    range_base_date,
    range_gain,
    range_caveat,
    height_before
FROM based
LEFT JOIN whole ON whole.platform_id = based.platform_id
LEFT JOIN LATERAL (
    SELECT max(late.days) AS days
    FROM late
    WHERE late.platform_id = based.platform_id
        AND CASE :interval
            WHEN 'day' THEN late.date = based.last_date
            ELSE late.first_bucket < late.last_bucket
                AND based.bucket BETWEEN late.first_bucket AND late.last_bucket
        END
) AS late ON true
-- audience_read_on() for both ends.
LEFT JOIN LATERAL (
    SELECT min(late.date - late.days) AS date
    FROM late
    WHERE late.platform_id = based.platform_id
        AND based.last_date BETWEEN late.date - late.days AND late.date - 1
) AS ending ON true
LEFT JOIN LATERAL (
    SELECT min(late.date - late.days) AS date
    FROM late
    WHERE late.platform_id = based.platform_id
        AND based.base_date BETWEEN late.date - late.days AND late.date - 1
) AS beginning ON true
ORDER BY based.platform_id, bucket;
