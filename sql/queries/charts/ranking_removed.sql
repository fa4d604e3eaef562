-- Deletes the stored entries of a date at positions that the staged ranking does not have, keeps them as revisions, and
-- returns their number. Its own statement: TimescaleDB does not delete rows of a compressed chunk that the same statement
-- decompresses to write others.
WITH gone AS (
    DELETE FROM chart_ranking_entries
    WHERE chart_id = :chart_id
        AND ranked_on = :ranked_on
        AND (position, ordinal) NOT IN (SELECT position, ordinal FROM ranking_stage)
    RETURNING
        position,
        ordinal,
        track_id,
        previous_position,
        evolution,
        metric,
        entry_date,
        time_on_chart,
        time_on_chart_unit
),

kept AS (
    INSERT INTO chart_entry_revisions (
        chart_id, ranked_on, position, ordinal, track_id, previous_position, evolution, metric, entry_date,
        time_on_chart, time_on_chart_unit, revised_at, run_uuid
    )
    SELECT
        :chart_id, :ranked_on, position, ordinal, track_id, previous_position, evolution, metric, entry_date,
        time_on_chart, time_on_chart_unit, :received_at, CAST(:run_uuid AS uuid)
    FROM gone
    ORDER BY position, ordinal
)

SELECT count(*) FROM gone;
