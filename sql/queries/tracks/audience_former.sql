-- The former values of a series, from one date to another, newest change first.
SELECT
    audience_revisions.date,
    audience_revisions.former_value,
    audience_revisions.former_fetched_at,
    audience_revisions.revised_at,
    job_runs.uuid AS run_uuid,
    job_runs.number AS run_number
FROM audience_revisions
LEFT JOIN job_runs ON job_runs.uuid = audience_revisions.run_uuid
WHERE audience_revisions.track_id = :track_id
    AND audience_revisions.platform_id = :platform_id
    AND audience_revisions.date BETWEEN :first AND :last
    AND audience_revisions.former_value <> audience_revisions.audience_value
ORDER BY audience_revisions.date, audience_revisions.id DESC;
