-- What each series of an artist's tracks gained in a period and in the one of the same length before it: the last
-- total in the period minus the last total before it, null where there is no such total.
SELECT
    platforms.id AS platform_id,
    platforms.slug,
    platforms.name AS platform_name,
    platforms.audience_metric_name AS metric_name,
    tracks.uuid,
    tracks.name,
    ended.date AS last_date,
    ended.audience_value AS total,
    began.date AS before_date,
    ended.audience_value - began.audience_value AS gain,
    CASE WHEN began.date >= period.former_date THEN began.audience_value - former.audience_value END AS gain_before
FROM (SELECT CAST(:start_date AS date) - (CAST(:end_date AS date) - :start_date + 1) AS former_date) AS period
CROSS JOIN track_artists
JOIN tracks ON tracks.id = track_artists.track_id
JOIN audience_states AS states ON states.track_id = tracks.id
JOIN platforms ON platforms.id = states.platform_id
CROSS JOIN LATERAL (
    SELECT points.date, points.audience_value
    FROM track_audience_time_series AS points
    WHERE points.track_id = states.track_id
        AND points.platform_id = states.platform_id
        AND points.date BETWEEN :start_date AND :end_date
    ORDER BY points.date DESC
    LIMIT 1
) AS ended
LEFT JOIN LATERAL (
    SELECT points.date, points.audience_value
    FROM track_audience_time_series AS points
    WHERE points.track_id = states.track_id
        AND points.platform_id = states.platform_id
        AND points.date < :start_date
    ORDER BY points.date DESC
    LIMIT 1
) AS began ON true
LEFT JOIN LATERAL (
    SELECT points.audience_value
    FROM track_audience_time_series AS points
    WHERE points.track_id = states.track_id
        AND points.platform_id = states.platform_id
        AND points.date < period.former_date
    ORDER BY points.date DESC
    LIMIT 1
) AS former ON true
WHERE track_artists.artist_id = :artist_id
    AND states.last_date >= :start_date
    AND states.first_date <= :end_date
ORDER BY platforms.id, gain DESC NULLS LAST, tracks.id;
