-- One track on some platforms: a row per platform and bucket (day, week or month) of a range.
-- Raw rows are bucketed here: for one track that is cheaper than any aggregate. Rows before the range are read
-- back to the last value before its first bucket, so that the first gain and the first gap are true.
WITH series AS (
    SELECT
        points.platform_id,
        points.date,
        points.audience_value,
        points.fetched_at,
        CASE :interval
            WHEN 'day' THEN points.date
            ELSE date_trunc(:interval, points.date)::date
        END AS bucket,
        -- The plots' identifiers as one text, in a fixed order, to see where the set of them changed.
        (
            SELECT string_agg(plot ->> 'identifier', ' ' ORDER BY plot ->> 'identifier')
            FROM jsonb_array_elements(
                CASE jsonb_typeof(points.api_data -> 'plots')
                    WHEN 'array' THEN points.api_data -> 'plots'
                    ELSE '[]'
                END
            ) AS plot
            WHERE plot ->> 'value' IS NOT NULL
        ) AS identifiers
    FROM unnest(CAST(:platform_ids AS integer[])) AS wanted (platform_id)
    CROSS JOIN LATERAL (
        SELECT coalesce(max(before.date), '-infinity') AS date
        FROM track_audience_time_series AS before
        WHERE before.track_id = :track_id
            AND before.platform_id = wanted.platform_id
            AND before.date < date_trunc(:interval, CAST(:start_date AS date))::date
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
        lag(identifiers) OVER by_date IS DISTINCT FROM identifiers
            AND lag(series.date) OVER by_date IS NOT NULL AS identifiers_changed
    FROM series
    LEFT JOIN revised USING (platform_id, date)
    WINDOW by_date AS (PARTITION BY series.platform_id ORDER BY series.date)
),

buckets AS (
    SELECT
        platform_id,
        bucket,
        max(date) AS last_date,
        (array_agg(audience_value ORDER BY date DESC))[1] AS total,
        count(*) AS days,
        max(fetched_at) AS fetched_at,
        (array_agg(former_value ORDER BY revised_at DESC) FILTER (WHERE revised_at IS NOT NULL))[1] AS former_value,
        max(revised_at) AS revised_at,
        bool_or(identifiers_changed) AS identifiers_changed
    FROM ordered
    GROUP BY platform_id, bucket
),

gains AS (
    SELECT
        buckets.*,
        total - lag(total) OVER by_bucket AS gain,
        last_date - lag(last_date) OVER by_bucket AS covers
    FROM buckets
    WINDOW by_bucket AS (PARTITION BY platform_id ORDER BY bucket)
)

SELECT
    platform_id,
    bucket AS label,
    total,
    gain,
    days,
    covers,
    :interval <> 'day'
        AND (bucket + CAST('1 ' || :interval AS interval))::date > CAST(:today AS date) AS so_far,
    fetched_at,
    former_value,
    revised_at,
    identifiers_changed
FROM gains
WHERE CAST(:start_date AS date) IS NULL OR last_date >= :start_date
ORDER BY platform_id, bucket;
