-- For each of some parts of what was typed, the words there are within a typing error of it; the likeliest by length
-- come first, at most :most.
SELECT
    asked.part,
    near.word
FROM unnest(CAST(:parts AS text[])) AS asked (part)
CROSS JOIN LATERAL (
    SELECT search_words.word
    FROM search_words
    WHERE search_deletions(search_words.word) && search_deletions(asked.part)
    GROUP BY search_words.word
    ORDER BY abs(length(search_words.word) - length(asked.part)), search_words.word
    LIMIT :most
) AS near;
