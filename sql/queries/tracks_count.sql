-- How many tracks a search finds, counted no further than needed.
SELECT count(*) AS found
FROM (
    SELECT FROM tracks
    WHERE CAST(:words AS text) IS NULL OR to_tsvector('simple', search_text) @@ to_tsquery('simple', :words)
    LIMIT :enough
) AS counted;
