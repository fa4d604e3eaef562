-- The requesters of runs: users by email, then the accounts of command lines.
SELECT email
FROM (
    SELECT users.email, 1 AS place
    FROM users
    WHERE EXISTS (SELECT FROM job_runs WHERE job_runs.requested_by = users.id)
    UNION ALL
    SELECT DISTINCT command_line_user, 2 FROM job_runs WHERE command_line_user <> ''
) AS found
ORDER BY place, email;
