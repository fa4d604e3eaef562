-- Deletes the refreshed ranges of an aggregate, and keeps one for the dates in its open bucket.
WITH done AS (
    DELETE FROM aggregate_refreshes
    WHERE id = ANY(%(ids)s)
    RETURNING first_date, last_date
)

INSERT INTO aggregate_refreshes (aggregate, first_date, last_date)
SELECT %(aggregate)s, greatest(min(first_date), %(still_open)s), max(last_date)
FROM done
WHERE last_date >= %(still_open)s
HAVING count(*) > 0;
