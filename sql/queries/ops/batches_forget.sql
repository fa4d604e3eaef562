-- Batches requested long ago, the oldest first, with their items; those with a live run stay.
DELETE FROM batches
WHERE uuid = ANY(ARRAY(
    SELECT old.uuid
    FROM batches AS old
    WHERE old.created_at < now() - :days * interval '1 day'
        AND NOT EXISTS (
            SELECT FROM batch_items
            JOIN job_runs ON job_runs.uuid = batch_items.run_uuid AND job_runs.state IN ('queued', 'running')
            WHERE batch_items.batch_uuid = old.uuid
        )
    ORDER BY old.created_at
    LIMIT :most
    FOR UPDATE SKIP LOCKED
));
