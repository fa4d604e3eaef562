-- The audience of a list's tracks by platform, the platforms with most tracks first: the sum of their newest totals, and
-- that of their known gains of 7 days where the newest value is at most 3 days old.
SELECT
    platforms.slug,
    platforms.name,
    platforms.audience_metric_name AS metric_name,
    count(*) AS with_data,
    CAST(sum(states.latest_value) AS bigint) AS total,
    CAST(sum(recent.gain) AS bigint) AS gain,
    count(recent.gain) AS counted,
    count(recent.gain) FILTER (
        WHERE states.gain_7_days_covers <> 7 OR states.gain_7_days_caveat IS NOT NULL
    ) AS noted,
    max(states.last_date) AS last_date
FROM list_track_ids(:list_id) AS listed
JOIN audience_states AS states ON states.track_id = listed.track_id AND states.last_date IS NOT NULL
JOIN platforms ON platforms.id = states.platform_id
LEFT JOIN LATERAL (
    SELECT states.gain_7_days AS gain WHERE states.last_date >= CAST(:today AS date) - 3
) AS recent ON true
GROUP BY platforms.id
ORDER BY with_data DESC, platforms.id;
