-- For each of some parts of what was typed, other words that can be within a typing error of it, at most :most. Only the
-- first 32 letters are compared.
SELECT
    asked.part,
    near.word
FROM unnest(CAST(:parts AS text[])) AS asked (part)
CROSS JOIN LATERAL (
    SELECT search_words.word
    FROM search_words
    WHERE search_deletions(search_words.word) && search_deletions(asked.part)
        AND abs(length(left(search_words.word, 32)) - length(left(asked.part, 32))) <= 1
        AND search_words.word <> asked.part
    GROUP BY search_words.word
    ORDER BY abs(length(search_words.word) - length(asked.part)), search_words.word
    LIMIT :most
) AS near;
