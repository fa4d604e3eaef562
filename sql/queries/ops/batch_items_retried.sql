-- What batches asked of runs that are tried again is from now on up to the new runs.
UPDATE batch_items
SET run_uuid = retried.new
FROM unnest(CAST(:former AS uuid[]), CAST(:new AS uuid[])) AS retried (former, new)
WHERE batch_items.run_uuid = retried.former;
