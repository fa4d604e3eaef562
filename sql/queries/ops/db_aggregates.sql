-- Aggregates and their pending refreshes.
SELECT
    pg_class.relname AS aggregate,
    count(pending.id) AS pending_refreshes,
    min(pending.first_date) AS pending_from,
    max(pending.last_date) AS pending_to
FROM pg_class
LEFT JOIN aggregate_refreshes AS pending ON pending.aggregate = pg_class.relname
WHERE pg_class.relname = ANY(%(names)s)
    AND pg_class.relnamespace = 'public'::regnamespace
GROUP BY pg_class.relname
ORDER BY pg_class.relname;
