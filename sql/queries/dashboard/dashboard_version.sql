-- The versions in the dashboard's cache key, each cheap to read. Runs may end in another order than they commit, so
-- the last 50 runs that wrote something count, not only the newest.
SELECT
    (
        SELECT concat_ws(' ', count(*), sum(version), sum(extract(EPOCH FROM updated_at)))
        FROM charts
    ) AS charts,
    concat_ws(
        ' ',
        (
            SELECT string_agg(CAST(wrote.number AS text), ' ')
            FROM (
                SELECT number FROM job_runs
                WHERE records_created + records_updated > 0
                ORDER BY finished_at DESC NULLS LAST
                LIMIT 50
            ) AS wrote
        ),
        -- A history without values is not offered again.
        (
            SELECT concat_ws(' ', count(*), count(runs.finished_at))
            FROM batches
            JOIN batch_items AS items ON items.batch_uuid = batches.uuid
            JOIN job_runs AS runs ON runs.uuid = items.run_uuid
            WHERE batches.action = 'history' AND batches.created_at > now() - interval '1 day'
        )
    ) AS records,
    concat_ws(
        ' ',
        (SELECT concat_ws(' ', count(*), sum(number)) FROM job_runs WHERE state = 'queued'),
        (SELECT concat_ws(' ', count(*), sum(number), sum(attempt), sum(pages)) FROM job_runs WHERE state = 'running'),
        (SELECT max(number) FROM job_runs WHERE state = 'failed'),
        (SELECT max(number) FROM job_runs WHERE state = 'dead')
    ) AS runs,
    (SELECT max(started_at) FROM api_calls) AS calls;
