-- The names of countries in SoundCharts' charts.
SELECT country_code AS code, max(country_name) AS name
FROM charts
WHERE country_code <> '' AND country_name <> ''
GROUP BY country_code;
