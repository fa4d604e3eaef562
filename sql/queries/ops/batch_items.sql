-- The results of a batch's items, in order. A requested one has its run's state; 'gone' if that is deleted.
SELECT
    items.position,
    items.subject,
    items.track_uuid,
    items.artist_uuid,
    platforms.name AS platform_name,
    coalesce(nullif(tracks.name, ''), artists.name) AS name,
    tracks.id IS NOT NULL OR artists.id IS NOT NULL AS is_held,
    runs.uuid AS run_uuid,
    runs.number AS run_number,
    CASE WHEN items.outcome <> 'requested' THEN items.outcome ELSE coalesce(runs.state, 'gone') END AS state,
    CASE
        WHEN items.outcome <> 'requested' THEN items.note
        WHEN runs.state = 'succeeded' THEN runs.message
        ELSE coalesce(runs.error, '')
    END AS note,
    CASE WHEN runs.state = 'queued' THEN (SELECT next_check_at FROM api_pause) END AS paused_until
FROM batch_items AS items
LEFT JOIN job_runs AS runs ON runs.uuid = items.run_uuid
LEFT JOIN platforms ON platforms.id = items.platform_id
LEFT JOIN track_uuids AS named ON named.uuid = items.track_uuid
LEFT JOIN tracks ON tracks.id = named.track_id
LEFT JOIN artists ON artists.uuid = items.artist_uuid
WHERE items.batch_uuid = :batch
ORDER BY items.position;
