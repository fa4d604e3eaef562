-- A fetch that ended with a permanent error; stored data stay, and the series is due again some days later.
INSERT INTO audience_states AS states (
    track_id, platform_id, status, error, looked_at, due_at, run_uuid
)
VALUES (:track_id, :platform_id, :status, :error, now(), now() + :absent_due_days * interval '1 day', :run_uuid)
ON CONFLICT (track_id, platform_id) DO UPDATE SET
    status = excluded.status,
    error = excluded.error,
    looked_at = excluded.looked_at,
    due_at = excluded.due_at,
    run_uuid = excluded.run_uuid;
