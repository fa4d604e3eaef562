-- How fresh the audience of each platform is: the newest fetch, and the most frequent number of days between a fetch and
-- the newest value that it found, of the series fetched in the last 30 days.
WITH delays AS (
    SELECT
        platform_id,
        CASE
            WHEN fetched_at >= now() - interval '30 days'
                THEN greatest(CAST(fetched_at AT TIME ZONE 'UTC' AS date) - last_date, 0)
        END AS days,
        count(*) AS series,
        max(fetched_at) AS fetched_at
    FROM audience_states
    WHERE fetched_at IS NOT NULL
    GROUP BY 1, 2
)

SELECT
    platforms.slug,
    (array_agg(delays.days ORDER BY delays.series DESC, delays.days) FILTER (WHERE delays.days IS NOT NULL))[1] AS delay,
    max(delays.fetched_at) AS fetched_at
FROM delays
JOIN platforms ON platforms.id = delays.platform_id
GROUP BY platforms.slug;
