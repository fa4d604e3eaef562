-- What revision 0004 made, in any order that works.
SELECT;
DROP TABLE refusals;
ALTER TABLE notes DROP COLUMN changed_by;
ALTER TABLE job_runs DROP COLUMN command_line_user;
