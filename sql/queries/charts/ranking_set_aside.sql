-- A ranking that was set aside, in addition to the stored one; of several for a date the newest is kept.
WITH written AS (
    INSERT INTO chart_rankings_set_aside AS stored (
        chart_id, ranked_on, ranked_at, reason, entry_count, refused_rows, entries, received_at, run_uuid
    )
    VALUES (
        :chart_id, :ranked_on, :ranked_at, :reason, :entry_count, :refused_rows, CAST(:entries AS jsonb),
        :received_at, CAST(:run_uuid AS uuid)
    )
    ON CONFLICT (chart_id, ranked_on) DO UPDATE SET
        ranked_at = excluded.ranked_at,
        reason = excluded.reason,
        entry_count = excluded.entry_count,
        refused_rows = excluded.refused_rows,
        entries = excluded.entries,
        received_at = excluded.received_at,
        run_uuid = excluded.run_uuid
    WHERE stored.received_at < excluded.received_at
    RETURNING chart_id
)

UPDATE charts SET version = version + 1 WHERE id IN (SELECT chart_id FROM written);
