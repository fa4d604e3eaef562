-- What is held of tracks on a platform, in the order in which they are named, and from where on the back-fill has asked.
SELECT
    tracks.uuid,
    tracks.release_date,
    coalesce(states.status, 'never') AS status,
    states.first_date,
    states.last_date,
    states.history_from
FROM unnest(CAST(:tracks AS uuid [])) WITH ORDINALITY AS wanted (uuid, place)
JOIN tracks ON tracks.uuid = wanted.uuid
LEFT JOIN audience_states AS states ON states.track_id = tracks.id AND states.platform_id = :platform_id
ORDER BY wanted.place;
