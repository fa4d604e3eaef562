-- The date until which a chart's next ranking follows on what is known of it, so that nothing is missing in between;
-- null where nothing is known yet.
SELECT charts.last_ranked_on + chart_period(charts.frequency)
FROM charts
WHERE charts.id = :chart_id AND EXISTS (SELECT FROM chart_dates WHERE chart_dates.chart_id = charts.id);
