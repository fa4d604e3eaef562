-- The series of one track with rows, and the version of each.
SELECT
    platform_id,
    version,
    first_date,
    last_date
FROM audience_states
WHERE track_id = :track_id AND last_date IS NOT NULL
ORDER BY platform_id;
