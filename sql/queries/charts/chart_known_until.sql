-- The date up to which a chart's rankings are known without a gap before the next one; null if nothing is known yet.
SELECT charts.last_ranked_on + chart_period(charts.frequency)
FROM charts
WHERE charts.id = :chart_id AND EXISTS (SELECT FROM chart_dates WHERE chart_dates.chart_id = charts.id);
