-- The files of large tables, made by runs; each part holds 1 MiB, and is compressed already.
CREATE TABLE table_file_parts (
    run_uuid uuid NOT NULL REFERENCES job_runs (uuid) ON DELETE CASCADE,
    part integer NOT NULL,
    content bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run_uuid, part)
);
ALTER TABLE table_file_parts ALTER COLUMN content SET STORAGE EXTERNAL;
