-- The stored values of a series, newest first, each with its gain since the last earlier one (or since 0, if the
-- series begins in the range and begins_at_zero()) and the run that fetched it: the run of this series at that time.
-- `before` is the last date of the previous page.
WITH runs AS (
    SELECT
        uuid,
        number,
        started_at,
        finished_at
    FROM job_runs
    WHERE dedupe_key IN (
            'audience:' || :track_id || ':' || :platform_id,
            'backfill:' || :track_id || ':' || :platform_id
        )
        AND state = 'succeeded'
)

SELECT
    points.date,
    points.audience_value AS total,
    points.audience_value - coalesce(earlier.audience_value, zero.total) AS gain,
    ending.date - coalesce(beginning.date, zero.date) AS covers,
    points.fetched_at,
    points.api_data,
    bringing.uuid AS run_uuid,
    bringing.number AS run_number
FROM track_audience_time_series AS points
JOIN tracks ON tracks.id = points.track_id
LEFT JOIN LATERAL (
    SELECT
        others.date,
        others.audience_value
    FROM track_audience_time_series AS others
    WHERE others.track_id = points.track_id
        AND others.platform_id = points.platform_id
        AND others.date < points.date
    ORDER BY others.date DESC
    LIMIT 1
) AS earlier ON true
LEFT JOIN LATERAL audience_read_on(
    points.track_id, points.platform_id, points.date, points.audience_value
) AS ending ON true
LEFT JOIN LATERAL audience_read_on(
    points.track_id, points.platform_id, earlier.date, earlier.audience_value
) AS beginning ON earlier.date IS NOT NULL
LEFT JOIN LATERAL (
    SELECT
        zero_day(points.date, tracks.release_date) AS date,
        0 AS total
    WHERE earlier.date IS NULL
        AND begins_at_zero(
            points.date,
            tracks.release_date,
            coalesce(
                CAST(:start_date AS date),
                CASE WHEN points.date - tracks.release_date BETWEEN 0 AND 90 THEN tracks.release_date END,
                points.date
            ),
            coalesce(CAST(:end_date AS date), 'infinity')
        )
) AS zero ON true
LEFT JOIN LATERAL (
    SELECT
        runs.uuid,
        runs.number
    FROM runs
    WHERE points.fetched_at BETWEEN runs.started_at AND runs.finished_at
    ORDER BY runs.number DESC
    LIMIT 1
) AS bringing ON true
WHERE points.track_id = :track_id
    AND points.platform_id = :platform_id
    AND (CAST(:start_date AS date) IS NULL OR points.date >= :start_date)
    AND (CAST(:end_date AS date) IS NULL OR points.date <= :end_date)
    AND (CAST(:before AS date) IS NULL OR points.date < :before)
    AND (
        NOT :revised
        OR EXISTS (
            SELECT FROM audience_revisions
            WHERE audience_revisions.track_id = points.track_id
                AND audience_revisions.platform_id = points.platform_id
                AND audience_revisions.date = points.date
                AND audience_revisions.former_value <> audience_revisions.audience_value
        )
    )
ORDER BY points.date DESC
LIMIT :size;
