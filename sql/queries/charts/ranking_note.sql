-- Stores a ranking whose entries were just written, with the positions that it lacks, and updates its chart; if no
-- entry changed, only the time of the check. A ranking set aside for the date before is settled.
WITH settled AS (
    DELETE FROM chart_rankings_set_aside
    WHERE chart_id = :chart_id AND ranked_on = :ranked_on AND received_at <= :received_at
),

raised AS (
    UPDATE charts
    SET version = version + 1, last_ranked_on = greatest(last_ranked_on, CAST(:ranked_on AS date))
    WHERE id = :chart_id AND :changed
),

touched AS (
    INSERT INTO aggregate_refreshes (aggregate, first_date, last_date)
    SELECT 'track_appearances_daily', CAST(:ranked_on AS date), CAST(:ranked_on AS date)
    WHERE :changed
)

INSERT INTO chart_rankings AS stored (
    chart_id, ranked_on, ranked_at, entry_count, missing_positions, refused_rows, fetched_at, checked_at, run_uuid
)
VALUES (
    :chart_id, :ranked_on, :ranked_at, :entry_count, missing_positions(:chart_id, :ranked_on), :refused_rows, :received_at,
    :received_at, CAST(:run_uuid AS uuid)
)
ON CONFLICT (chart_id, ranked_on) DO UPDATE SET
    checked_at = excluded.checked_at,
    entry_count = excluded.entry_count,
    missing_positions = excluded.missing_positions,
    refused_rows = excluded.refused_rows,
    ranked_at = CASE WHEN :changed THEN excluded.ranked_at ELSE stored.ranked_at END,
    replaced_at = CASE WHEN :changed THEN excluded.checked_at ELSE stored.replaced_at END,
    run_uuid = CASE WHEN :changed THEN excluded.run_uuid ELSE stored.run_uuid END
RETURNING missing_positions;
