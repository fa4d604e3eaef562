-- Whether any row of a kind matches a tsquery.
SELECT CASE :kind
    WHEN 'track' THEN EXISTS (SELECT FROM tracks WHERE search_vector(search_text) @@ CAST(:words AS tsquery))
    WHEN 'artist' THEN EXISTS (SELECT FROM artists WHERE search_vector(search_text) @@ CAST(:words AS tsquery))
    WHEN 'chart' THEN EXISTS (SELECT FROM charts WHERE search_vector(search_text) @@ CAST(:words AS tsquery))
END;
