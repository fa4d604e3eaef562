-- Merges two rankings of one date: the differing entries of the one that is dropped are kept as revisions, and the
-- one that stays takes the earlier time of receipt.
WITH shared AS (
    SELECT * FROM chart_overlaps(:winner, :loser)
),

former AS (
    INSERT INTO chart_entry_revisions (
        chart_id, ranked_on, position, ordinal, track_id, previous_position, evolution, metric, entry_date,
        time_on_chart, time_on_chart_unit, revised_at
    )
    SELECT
        :winner, ranked_on, position, ordinal, track_id, previous_position, evolution, metric, entry_date,
        time_on_chart, time_on_chart_unit, now()
    FROM chart_overlap_entries(:winner, :loser)
    ORDER BY ranked_on, position, ordinal
    RETURNING ranked_on
),

entries AS (
    DELETE FROM chart_ranking_entries AS entries
    USING shared
    WHERE entries.ranked_on = shared.ranked_on
        AND entries.chart_id = CASE WHEN shared.loser_stays THEN :winner ELSE :loser END
),

rankings AS (
    DELETE FROM chart_rankings AS rankings
    USING shared
    WHERE rankings.ranked_on = shared.ranked_on
        AND rankings.chart_id = CASE WHEN shared.loser_stays THEN :winner ELSE :loser END
    RETURNING rankings.ranked_on, rankings.fetched_at
)

UPDATE chart_rankings AS staying
SET
    fetched_at = least(staying.fetched_at, rankings.fetched_at),
    replaced_at = CASE
        WHEN shared.loser_stays AND shared.ranked_on IN (SELECT ranked_on FROM former) THEN now()
        ELSE staying.replaced_at
    END
FROM shared
JOIN rankings ON rankings.ranked_on = shared.ranked_on
WHERE staying.ranked_on = shared.ranked_on
    AND staying.chart_id = CASE WHEN shared.loser_stays THEN :loser ELSE :winner END;
