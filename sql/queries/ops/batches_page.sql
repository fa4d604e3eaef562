-- A page of batches, newest first, with the numbers of their live, failed and done items; `before` is the number of
-- the last batch of the previous page.
SELECT
    batches.uuid,
    batches.number,
    batches.action,
    batches.args,
    batches.created_at,
    users.email AS requester,
    counted.items,
    counted.live,
    counted.failed
FROM batches
JOIN users ON users.id = batches.requested_by
CROSS JOIN LATERAL (
    SELECT
        count(*) AS items,
        count(*) FILTER (WHERE items.outcome = 'requested' AND runs.state IN ('queued', 'running')) AS live,
        count(*) FILTER (
            WHERE items.outcome = 'refused'
                OR items.outcome = 'requested' AND runs.state IN ('failed', 'dead', 'cancelled')
        ) AS failed
    FROM batch_items AS items
    LEFT JOIN job_runs AS runs ON runs.uuid = items.run_uuid
    WHERE items.batch_uuid = batches.uuid
) AS counted
WHERE CAST(:before AS bigint) IS NULL OR batches.number < :before
ORDER BY batches.number DESC
LIMIT :size;
