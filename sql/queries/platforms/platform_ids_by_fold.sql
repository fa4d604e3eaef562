-- Platforms by any spelling's fold, aliases included.
SELECT fold, id
FROM platforms
WHERE fold = ANY(CAST(:folds AS text[]))
UNION ALL
SELECT fold, platform_id
FROM platform_aliases
WHERE fold = ANY(CAST(:folds AS text[]));
