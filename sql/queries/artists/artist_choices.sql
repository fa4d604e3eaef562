-- The countries and career stages that artists are of.
SELECT DISTINCT country_code, career_stage
FROM artists
WHERE country_code <> '' OR career_stage <> '';
