-- The parts and the size of the file of a run, and the end of the days for which it is kept.
SELECT
    count(*)::integer AS parts,
    sum(length(content))::bigint AS size,
    max(made_at) + make_interval(days => :days) AS kept_until
FROM table_file_parts
WHERE run_uuid = :run_uuid AND made_at > now() - make_interval(days => :days)
HAVING count(*) > 0;
