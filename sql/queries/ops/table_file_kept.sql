-- The parts and the size of the file of a run, and the end of the day for which it is kept.
SELECT
    count(*)::integer AS parts,
    sum(length(content))::bigint AS size,
    max(made_at) + interval '1 day' AS kept_until
FROM table_file_parts
WHERE run_uuid = :run_uuid AND made_at > now() - interval '1 day'
HAVING count(*) > 0;
