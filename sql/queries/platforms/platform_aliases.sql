-- Other spellings of a platform.
SELECT fold
FROM platform_aliases
WHERE platform_id = :platform_id
ORDER BY fold;
