-- The attempts of a run, in order, with their endings.
SELECT
    attempt,
    started_at,
    ended_at,
    ending,
    error
FROM run_attempts
WHERE run_uuid = :uuid
ORDER BY started_at;
