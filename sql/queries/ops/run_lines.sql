-- What a run's workers said, in order; of very many lines the newest.
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
