-- The countries and career stages of all artists. Each is found by the index as the next after the one before, since
-- there are few of them and very many artists.
WITH RECURSIVE countries AS (
    SELECT min(country_code) AS code FROM artists
    WHERE country_code > ''
    UNION ALL
    SELECT (SELECT min(artists.country_code) FROM artists WHERE artists.country_code > countries.code)
    FROM countries
    WHERE countries.code IS NOT NULL
),

stages AS (
    SELECT min(career_stage) AS stage FROM artists
    WHERE career_stage > ''
    UNION ALL
    SELECT (SELECT min(artists.career_stage) FROM artists WHERE artists.career_stage > stages.stage)
    FROM stages
    WHERE stages.stage IS NOT NULL
)

SELECT
    ARRAY(SELECT code FROM countries WHERE code IS NOT NULL ORDER BY code COLLATE "C") AS countries,
    ARRAY(SELECT stage FROM stages WHERE stage IS NOT NULL ORDER BY stage COLLATE "C") AS stages;
