SELECT
    hypertables.hypertable_name AS hypertable,
    hypertables.num_chunks AS chunks,
    count(chunks.chunk_name) FILTER (WHERE chunks.is_compressed) AS compressed,
    pg_size_pretty(hypertable_size(format('%I.%I', hypertables.hypertable_schema, hypertables.hypertable_name)::regclass)) AS size
FROM timescaledb_information.hypertables
LEFT JOIN timescaledb_information.chunks USING (hypertable_schema, hypertable_name)
GROUP BY hypertables.hypertable_schema, hypertables.hypertable_name, hypertables.num_chunks
ORDER BY 1;
