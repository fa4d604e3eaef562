-- The API calls of a run, newest first.
SELECT
    started_at,
    endpoint,
    path,
    status,
    error,
    duration_ms,
    quota_left
FROM api_calls
WHERE run_uuid = :uuid
ORDER BY started_at DESC
LIMIT :size;
