-- A line that a run's worker said.
INSERT INTO run_lines (run_uuid, attempt, level, line)
VALUES (:run_uuid, :attempt, :level, :line);
