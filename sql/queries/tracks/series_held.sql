-- The stored series of tracks on a platform, in the given order, and the date back to which history was fetched.
SELECT
    tracks.uuid,
    tracks.release_date,
    coalesce(states.status, 'never') AS status,
    states.first_date,
    states.last_date,
    states.last_whole_date,
    states.history_from
FROM unnest(CAST(:tracks AS uuid [])) WITH ORDINALITY AS wanted (uuid, place)
JOIN tracks ON tracks.uuid = wanted.uuid
LEFT JOIN audience_states AS states ON states.track_id = tracks.id AND states.platform_id = :platform_id
ORDER BY wanted.place;
