-- Merges two rankings of one date, of which chart_join_overlap_keep.sql has kept the differing entries: one is dropped,
-- and the one that stays takes the earlier time of receipt.
WITH shared AS (
    SELECT * FROM chart_overlaps(:winner, :loser)
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
        WHEN shared.loser_stays AND EXISTS (
            SELECT FROM chart_entry_revisions AS kept
            WHERE kept.chart_id = :winner AND kept.ranked_on = shared.ranked_on AND kept.revised_at = now()
        ) THEN now()
        ELSE staying.replaced_at
    END
FROM shared
JOIN rankings ON rankings.ranked_on = shared.ranked_on
WHERE staying.ranked_on = shared.ranked_on
    AND staying.chart_id = CASE WHEN shared.loser_stays THEN :loser ELSE :winner END;
