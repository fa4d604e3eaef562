-- All platforms with their charts, the number of enabled ones, the tracks with data, the sum of their totals, and that
-- of their known gains of 7 days where the newest value is at most 3 days old.
SELECT
    platforms.slug,
    platforms.name,
    platforms.platform_type,
    platforms.audience_metric_name AS metric_name,
    platforms.has_song_audience,
    platforms.has_song_charts,
    coalesce(charted.charts, 0) AS charts,
    coalesce(charted.enabled, 0) AS enabled,
    coalesce(charted.healthy, 0) AS healthy,
    coalesce(covered.tracks, 0) AS tracks,
    CAST(covered.total AS bigint) AS total,
    CAST(covered.gain AS bigint) AS gain,
    coalesce(covered.counted, 0) AS counted,
    coalesce(covered.noted, 0) AS noted,
    covered.last_date
FROM platforms
LEFT JOIN (
    SELECT
        charts.platform_id,
        count(*) AS charts,
        count(*) FILTER (WHERE charts.sync_enabled) AS enabled,
        count(*) FILTER (WHERE chart_health.health = 'healthy') AS healthy
    FROM charts
    JOIN chart_health ON chart_health.chart_id = charts.id
    GROUP BY charts.platform_id
) AS charted ON charted.platform_id = platforms.id
LEFT JOIN (
    SELECT
        platform_id,
        count(*) AS tracks,
        max(last_date) AS last_date,
        sum(latest_value) AS total,
        sum(gain_7_days) FILTER (WHERE last_date >= CAST(:today AS date) - 3) AS gain,
        count(gain_7_days) FILTER (WHERE last_date >= CAST(:today AS date) - 3) AS counted,
        count(gain_7_days) FILTER (
            WHERE last_date >= CAST(:today AS date) - 3
                AND (gain_7_days_covers <> 7 OR gain_7_days_caveat IS NOT NULL)
        ) AS noted
    FROM audience_states
    WHERE last_date IS NOT NULL
    GROUP BY platform_id
) AS covered ON covered.platform_id = platforms.id
WHERE platforms.slug <> 'isrc'
ORDER BY covered.tracks DESC NULLS LAST, charted.charts DESC NULLS LAST, lower(platforms.name);
