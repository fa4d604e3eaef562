-- The last 30 days of some tracks on one platform, each counted back from its own newest date.
SELECT states.track_id, points.date, points.audience_value
FROM unnest(CAST(:track_ids AS bigint[])) AS wanted (track_id)
JOIN audience_states AS states ON states.track_id = wanted.track_id AND states.platform_id = :platform_id
JOIN track_audience_time_series AS points
    ON points.track_id = states.track_id
    AND points.platform_id = states.platform_id
    AND points.date > states.last_date - 31
ORDER BY states.track_id, points.date;
