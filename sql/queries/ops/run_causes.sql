-- The causes of failed and dead runs of the last 7 days that have no later run of their subject. Runs of a task have one
-- cause if their errors are equal without uuids, dates, quoted texts and numbers, except for a number after a
-- parenthesis, which is an HTTP status. `uuids` are the newest runs, limited to `most`; error and number are of the newest.
WITH failed AS (
    SELECT
        uuid,
        number,
        task,
        error,
        finished_at,
        regexp_replace(
            error,
            '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
            '|[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+)?|(?<!\w)''[^'']*''|"[^"]*"|(?<![0-9(])[0-9]+',
            '…',
            'g'
        ) AS cause
    FROM job_runs
    WHERE state IN ('failed', 'dead')
        AND finished_at >= now() - interval '7 days'
        AND NOT EXISTS (
            SELECT FROM job_runs AS later
            WHERE later.dedupe_key = job_runs.dedupe_key AND later.number > job_runs.number
        )
)

SELECT
    task,
    md5(task || ' ' || regexp_replace(cause, '…(, …)+', '…')) AS key,
    count(*) AS runs,
    max(finished_at) AS ended_at,
    max(number) AS number,
    (array_agg(error ORDER BY number DESC))[1] AS error,
    (array_agg(uuid ORDER BY number DESC))[1:CAST(:most AS integer)] AS uuids
FROM failed
GROUP BY 1, 2
ORDER BY runs DESC, number DESC
LIMIT :size;
