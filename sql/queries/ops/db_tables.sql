-- Tables with their rows according to the statistics, and their sizes. Tables with chunks are in db_hypertables.
SELECT
    relname AS "table",
    greatest(reltuples, 0)::bigint AS rows_estimated,
    pg_size_pretty(pg_total_relation_size(oid)) AS size
FROM pg_class
WHERE relkind = 'r'
    AND relnamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = pg_class.oid)
ORDER BY pg_total_relation_size(oid) DESC, relname;
