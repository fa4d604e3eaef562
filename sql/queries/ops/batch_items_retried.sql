-- Points the items of retried runs to the new runs.
UPDATE batch_items
SET run_uuid = retried.new
FROM unnest(CAST(:former AS uuid[]), CAST(:new AS uuid[])) AS retried (former, new)
WHERE batch_items.run_uuid = retried.former;
