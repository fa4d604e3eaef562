-- Deletes the files of tables after the days for which they are kept, at most :most parts.
DELETE FROM table_file_parts
WHERE (run_uuid, part) IN (
        SELECT run_uuid, part FROM table_file_parts
        WHERE made_at <= now() - make_interval(days => :days)
        LIMIT :most
    );
