-- The choices of the filters of the list of charts, with their names.
SELECT DISTINCT 'platform' AS filter, platforms.slug AS value, platforms.name
FROM charts
JOIN platforms ON platforms.id = charts.platform_id
UNION ALL
SELECT DISTINCT
    'country',
    coalesce(nullif(country_code, ''), '-'),
    CASE WHEN country_code = '' THEN 'Worldwide' ELSE coalesce(nullif(country_name, ''), country_code) END
FROM charts
UNION ALL
SELECT DISTINCT 'frequency', lower(frequency), initcap(frequency)
FROM charts
WHERE frequency <> ''
ORDER BY filter, name, value;
