-- Tables with their rows as the statistics have them, and their sizes. Chunks are counted to their hypertable
-- in db_hypertables.
SELECT
    relname AS "table",
    greatest(reltuples, 0)::bigint AS rows_estimated,
    pg_size_pretty(pg_total_relation_size(oid)) AS size
FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
ORDER BY pg_total_relation_size(oid) DESC, relname;
