-- The sum of some series: those of one track, or of an artist's tracks, on each of some platforms, or if :combined on all
-- of them together (platform_id is then null). A row per bucket (day, week or month) of a range in which any series has a
-- value. A series without a value in a bucket counts with its last total before it, from its first value on. The gain is
-- the sum of the series' own gains, each from its last total before: a series that joins with a first value has none,
-- unless begins_at_zero(). Raw rows are bucketed, as for the series of a track: an aggregate may be behind a revised value.
WITH held AS (
    SELECT
        states.track_id,
        states.platform_id,
        CASE WHEN NOT :combined THEN states.platform_id END AS part,
        tracks.release_date,
        platforms.plot_rule
    FROM audience_states AS states
    JOIN tracks ON tracks.id = states.track_id
    JOIN platforms ON platforms.id = states.platform_id
    WHERE states.track_id IN (
            SELECT CAST(:track_id AS bigint)
            UNION ALL
            SELECT track_id
            FROM track_artists
            WHERE artist_id = :artist_id
        )
        AND states.platform_id = ANY(CAST(:platform_ids AS integer[]))
        AND states.first_date <= CAST(:end_date AS date)
),

-- The last total of each series in each bucket; what comes before the range, up to 90 days, has a bucket of its own.
buckets AS (
    SELECT
        held.part,
        held.platform_id,
        held.track_id,
        held.release_date,
        held.plot_rule,
        CASE WHEN points.date < CAST(:start_date AS date) THEN '-infinity' ELSE date_trunc(:interval, points.date)::date END AS bucket,
        min(points.date) AS first_date,
        max(points.date) AS last_date,
        max(points.fetched_at) AS fetched_at,
        max(points.audience_value) AS highest,
        (array_agg(points.platform_identifier ORDER BY points.date DESC))[1] AS identifier,
        (array_agg(points.api_data ORDER BY points.date DESC))[1] AS item,
        (array_agg(points.audience_value ORDER BY points.date DESC))[1] AS total
    FROM held
    CROSS JOIN LATERAL (
        SELECT coalesce(max(before.date), '-infinity') AS date
        FROM track_audience_time_series AS before
        WHERE before.track_id = held.track_id
            AND before.platform_id = held.platform_id
            AND before.date < CAST(:start_date AS date)
    ) AS reach
    JOIN track_audience_time_series AS points
        ON points.track_id = held.track_id
        AND points.platform_id = held.platform_id
        AND points.date BETWEEN least(reach.date, CAST(:start_date AS date) - 90) AND CAST(:end_date AS date)
    GROUP BY held.part, held.platform_id, held.track_id, held.release_date, held.plot_rule, bucket
),

steps AS (
    SELECT
        buckets.*,
        total - coalesce(lag(total) OVER by_bucket, 0) AS step,
        lag(total) OVER by_bucket IS NULL AS is_first,
        bucket = min(bucket) OVER (PARTITION BY part, track_id) AS is_first_of_track,
        bucket = min(bucket) OVER (PARTITION BY part, platform_id) AS is_first_on_platform,
        total - coalesce(
            lag(total) OVER by_bucket,
            CASE WHEN begins_at_zero(first_date, release_date, CAST(:start_date AS date), CAST(:end_date AS date)) THEN 0 END
        ) AS gain,
        last_date - lag(last_date) OVER by_bucket AS covers,
        NOT counts_the_same(
            plot_rule, lag(identifier) OVER by_bucket, lag(item) OVER by_bucket, identifier, item
        ) AS is_unlike,
        lag(total) OVER by_bucket < max(highest) OVER before
        AND total >= max(highest) OVER before AS is_back
    FROM buckets
    WINDOW
        by_bucket AS (PARTITION BY platform_id, track_id ORDER BY bucket),
        before AS (
            PARTITION BY platform_id, track_id ORDER BY bucket ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
),

sums AS (
    SELECT
        part,
        bucket,
        sum(sum(step)) OVER by_bucket AS total,
        sum(gain) AS gain,
        sum(count(*) FILTER (WHERE is_first)) OVER by_bucket AS series,
        count(*) AS reported,
        sum(count(DISTINCT track_id) FILTER (WHERE is_first_of_track)) OVER by_bucket AS tracks,
        count(*) FILTER (WHERE is_first) AS joined,
        count(DISTINCT track_id) AS tracks_reported,
        count(DISTINCT track_id) FILTER (WHERE is_first_of_track) AS tracks_joined,
        array_agg(DISTINCT platform_id) AS reported_platforms,
        array_agg(DISTINCT platform_id) FILTER (WHERE is_first_on_platform) AS joined_platforms,
        count(*) FILTER (WHERE gain IS NULL) AS unknown,
        count(*) FILTER (WHERE is_unlike) AS unlike,
        count(*) FILTER (WHERE is_back) AS back,
        max(covers) AS covers,
        min(min(first_date)) OVER by_bucket AS first_date,
        max(last_date) AS last_date,
        max(fetched_at) AS fetched_at
    FROM steps
    GROUP BY part, bucket
    WINDOW by_bucket AS (PARTITION BY part ORDER BY bucket)
)

SELECT
    part AS platform_id,
    sums.bucket AS label,
    last_date,
    total,
    gain,
    series,
    reported,
    joined,
    tracks,
    tracks_reported,
    tracks_joined,
    reported_platforms,
    joined_platforms,
    unknown,
    unlike,
    back,
    covers,
    following.bucket_start - sums.bucket AS length,
    last_date + 1 - greatest(sums.bucket, CAST(:start_date AS date), first_date) AS days_known,
    :interval <> 'day' AND following.bucket_start > CAST(:today AS date) AS so_far,
    fetched_at
FROM sums
CROSS JOIN LATERAL (SELECT (sums.bucket + CAST('1 ' || :interval AS interval))::date AS bucket_start) AS following
WHERE sums.bucket > '-infinity'
ORDER BY part, sums.bucket;
