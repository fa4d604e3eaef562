-- Rankings by the day (UTC) of their first storage, and by their own date; days without rankings are included.
WITH wanted AS (
    SELECT id FROM charts
    WHERE (CAST(:platform_id AS integer) IS NULL OR platform_id = :platform_id)
        AND (CAST(:country AS text) IS NULL OR country_code = replace(:country, '-', ''))
    AND (
        CAST(:list_id AS bigint) IS NULL
        OR id = ANY(ARRAY(SELECT listed.chart_id FROM list_chart_ids(:list_id) AS listed))
    )
),

fetched AS (
    SELECT
        CAST(fetched_at AT TIME ZONE 'UTC' AS date) AS day,
        count(*) AS rankings
    FROM chart_rankings
    WHERE chart_id IN (SELECT id FROM wanted)
        AND fetched_at >= CAST(CAST(:start AS date) AS timestamp) AT TIME ZONE 'UTC'
        AND fetched_at < CAST(CAST(:end AS date) + 1 AS timestamp) AT TIME ZONE 'UTC'
    GROUP BY 1
),

ranked AS (
    SELECT
        ranked_on AS day,
        count(*) AS rankings
    FROM chart_rankings
    WHERE chart_id IN (SELECT id FROM wanted) AND ranked_on BETWEEN :start AND :end
    GROUP BY 1
)

SELECT
    CAST(days.day AS date) AS day,
    coalesce(fetched.rankings, 0) AS fetched,
    coalesce(ranked.rankings, 0) AS ranked
FROM generate_series(CAST(:start AS timestamp), CAST(:end AS timestamp), interval '1 day') AS days (day)
LEFT JOIN fetched ON fetched.day = days.day
LEFT JOIN ranked ON ranked.day = days.day
ORDER BY days.day;
