-- A log line of a run.
INSERT INTO run_lines (run_uuid, attempt, level, line)
VALUES (:run_uuid, :attempt, :level, :line);
