-- Calls left, as the API said last; no row where it never did.
SELECT quota_left, started_at AS known_at
FROM api_calls
WHERE quota_left IS NOT NULL
ORDER BY started_at DESC
LIMIT 1;
