-- The health of a chart, computed in the simplest way from its rankings.
SELECT
    CASE
        WHEN NOT charts.sync_enabled THEN 'idle'
        WHEN charts.sync_error <> '' THEN 'failing'
        WHEN (
            SELECT max(ranked_on) FROM chart_rankings WHERE chart_id = charts.id
        ) + CASE lower(charts.frequency) WHEN 'daily' THEN 3 WHEN 'monthly' THEN 33 ELSE 9 END >= current_date
        THEN 'healthy'
        ELSE 'late'
    END AS health
FROM charts
WHERE charts.id = :chart_id;
