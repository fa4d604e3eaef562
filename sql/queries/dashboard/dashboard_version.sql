-- The versions in the keys of the dashboard's cards, each cheap to read.
SELECT
    coalesce(sum(version) FILTER (WHERE part = 'charts'), 0) AS charts,
    coalesce(sum(version) FILTER (WHERE part = 'rankings'), 0) AS rankings,
    coalesce(sum(version) FILTER (WHERE part = 'tracks'), 0) AS tracks,
    coalesce(sum(version) FILTER (WHERE part = 'audience'), 0) AS audience,
    -- A history without values is not offered again.
    (
        SELECT concat_ws(' ', count(*), count(runs.finished_at))
        FROM batches
        JOIN batch_items AS items ON items.batch_uuid = batches.uuid
        JOIN job_runs AS runs ON runs.uuid = items.run_uuid
        WHERE batches.action = 'history' AND batches.created_at > now() - interval '1 day'
    ) AS offers,
    concat_ws(
        ' ',
        (SELECT concat_ws(' ', count(*), sum(number)) FROM job_runs WHERE state = 'queued'),
        (SELECT concat_ws(' ', count(*), sum(number), sum(attempt), sum(pages)) FROM job_runs WHERE state = 'running'),
        (SELECT max(number) FROM job_runs WHERE state = 'failed'),
        (SELECT max(number) FROM job_runs WHERE state = 'dead')
    ) AS runs,
    (SELECT max(started_at) FROM api_calls) AS calls
FROM data_versions;
