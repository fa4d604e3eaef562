-- The countries and career stages of all artists.
SELECT DISTINCT country_code, career_stage
FROM artists
WHERE country_code <> '' OR career_stage <> '';
