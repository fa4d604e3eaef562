-- The calls left as last reported by the API; no row if it never did.
SELECT quota_left, started_at AS known_at
FROM api_calls
WHERE quota_left IS NOT NULL
ORDER BY started_at DESC
LIMIT 1;
