-- For each typed part, at most :most other words within a typing error of it. If a part that is one word (:words)
-- begins no existing word, the error is in it, and the parts that begin one stay unchanged. Only the first 32 letters
-- are compared; no letter comes after chr(1114111).
WITH parts AS MATERIALIZED (
    SELECT
        typed.part,
        typed.part = ANY(CAST(:words AS text[])) AS is_word,
        EXISTS (
            SELECT FROM search_words
            WHERE search_words.word BETWEEN typed.part AND typed.part || chr(1114111)
        ) AS begins_word
    FROM unnest(CAST(:parts AS text[])) AS typed (part)
)

SELECT
    parts.part,
    near.word
FROM parts
CROSS JOIN LATERAL (
    SELECT search_words.word
    FROM search_words
    WHERE search_deletions(search_words.word) && search_deletions(parts.part)
        AND abs(length(left(search_words.word, 32)) - length(left(parts.part, 32))) <= 1
        AND search_words.word <> parts.part
    GROUP BY search_words.word
    ORDER BY abs(length(search_words.word) - length(parts.part)), search_words.word
    LIMIT :most
) AS near
WHERE NOT parts.is_word
    OR NOT parts.begins_word
    OR NOT EXISTS (SELECT FROM parts AS other WHERE other.is_word AND NOT other.begins_word);
