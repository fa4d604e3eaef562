-- Who has asked for runs.
SELECT email
FROM users
WHERE EXISTS (SELECT FROM job_runs WHERE job_runs.requested_by = users.id)
ORDER BY email;
