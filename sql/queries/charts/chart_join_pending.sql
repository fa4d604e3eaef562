-- Merges the dates that both charts know: the new slug's spelling of a date is used for requests, and of two rankings
-- set aside the newer one stays, unless a ranking was confirmed since.
WITH dates AS (
    UPDATE chart_dates AS kept
    SET ranked_at = lost.ranked_at, requested_at = greatest(kept.requested_at, lost.requested_at)
    FROM chart_dates AS lost
    WHERE kept.chart_id = :winner AND lost.chart_id = :loser AND lost.ranked_on = kept.ranked_on
)

DELETE FROM chart_rankings_set_aside AS aside
WHERE aside.chart_id IN (:winner, :loser)
    AND (
        EXISTS (
            SELECT FROM chart_rankings AS rankings
            WHERE rankings.chart_id = :winner
                AND rankings.ranked_on = aside.ranked_on
                AND rankings.checked_at >= aside.received_at
        )
        OR EXISTS (
            SELECT FROM chart_rankings_set_aside AS newer
            WHERE newer.chart_id IN (:winner, :loser)
                AND newer.chart_id <> aside.chart_id
                AND newer.ranked_on = aside.ranked_on
                AND newer.received_at > aside.received_at
        )
    );
