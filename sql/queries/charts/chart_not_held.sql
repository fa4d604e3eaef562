-- The oldest date (or only the given one) with a ranking of the API that is not stored.
SELECT chart_dates.ranked_on, chart_dates.ranked_at
FROM chart_dates
WHERE chart_dates.chart_id = :chart_id
    AND (CAST(:ranked_on AS date) IS NULL OR chart_dates.ranked_on = :ranked_on)
    AND NOT EXISTS (
        SELECT FROM chart_rankings
        WHERE chart_rankings.chart_id = chart_dates.chart_id
            AND chart_rankings.ranked_on = chart_dates.ranked_on
    )
ORDER BY chart_dates.ranked_on
LIMIT 1;
