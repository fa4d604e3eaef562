-- The log lines of a run, in order; of very many only the newest.
SELECT *
FROM (
    SELECT
        id,
        attempt,
        logged_at,
        level,
        line
    FROM run_lines
    WHERE run_uuid = :uuid
    ORDER BY id DESC
    LIMIT :size
) AS newest
ORDER BY id;
