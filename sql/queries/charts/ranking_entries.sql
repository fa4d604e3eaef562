-- Writes the staged entries of a date that differ from the stored ones, and keeps every replaced entry as a revision.
WITH upserted AS (
    INSERT INTO chart_ranking_entries AS stored (
        chart_id, ranked_on, position, ordinal, track_id, platform_id, previous_position, evolution, metric, entry_date,
        time_on_chart, time_on_chart_unit, repeats
    )
    SELECT
        charts.id,
        CAST(:ranked_on AS date),
        stage.position,
        stage.ordinal,
        tracks.id,
        charts.platform_id,
        stage.previous_position,
        stage.evolution,
        stage.metric,
        stage.entry_date,
        stage.time_on_chart,
        stage.time_on_chart_unit,
        stage.repeats
    FROM ranking_stage AS stage
    JOIN charts ON charts.id = :chart_id
    JOIN tracks ON tracks.uuid = stage.uuid
    ON CONFLICT (chart_id, ranked_on, position, ordinal) DO UPDATE SET
        track_id = excluded.track_id,
        previous_position = excluded.previous_position,
        evolution = excluded.evolution,
        metric = excluded.metric,
        entry_date = excluded.entry_date,
        time_on_chart = excluded.time_on_chart,
        time_on_chart_unit = excluded.time_on_chart_unit,
        repeats = excluded.repeats
    WHERE (
        stored.track_id, stored.previous_position, stored.evolution, stored.metric, stored.entry_date,
        stored.time_on_chart, stored.time_on_chart_unit, stored.repeats
    ) IS DISTINCT FROM (
        excluded.track_id, excluded.previous_position, excluded.evolution, excluded.metric, excluded.entry_date,
        excluded.time_on_chart, excluded.time_on_chart_unit, excluded.repeats
    )
    RETURNING
        old.position,
        old.ordinal,
        old.track_id,
        old.previous_position,
        old.evolution,
        old.metric,
        old.entry_date,
        old.time_on_chart,
        old.time_on_chart_unit
),

former AS (
    SELECT * FROM upserted
    WHERE position IS NOT NULL
),

kept AS (
    INSERT INTO chart_entry_revisions (
        chart_id, ranked_on, position, ordinal, track_id, previous_position, evolution, metric, entry_date,
        time_on_chart, time_on_chart_unit, revised_at, run_uuid
    )
    SELECT
        :chart_id, :ranked_on, position, ordinal, track_id, previous_position, evolution, metric, entry_date,
        time_on_chart, time_on_chart_unit, :received_at, CAST(:run_uuid AS uuid)
    FROM former
    ORDER BY position, ordinal
)

SELECT
    (SELECT count(*) FROM upserted WHERE position IS NULL) AS created,
    (SELECT count(*) FROM former) AS updated,
    (SELECT count(*) FROM ranking_stage) - (SELECT count(*) FROM upserted) AS unchanged;
