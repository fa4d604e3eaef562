-- Random series, the same for the same seed.
SELECT
    states.track_id,
    states.platform_id,
    states.first_date,
    states.last_date
FROM audience_states AS states
WHERE states.last_date IS NOT NULL
ORDER BY md5(:seed || ' ' || states.track_id || ' ' || states.platform_id)
LIMIT :size;
