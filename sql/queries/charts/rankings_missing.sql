-- Dates from `since` on that the API lists and that are not stored, leased for a week, so that a date without data is
-- not fetched at every sync. `again` fetches them all the same; `latest` was fetched just now.
UPDATE chart_dates
SET requested_at = now()
WHERE chart_id = :chart_id
    AND ranked_on >= :since
    AND ranked_on <> :latest
    AND (:again OR requested_at IS NULL OR requested_at < now() - interval '7 days')
    AND NOT EXISTS (
        SELECT FROM chart_rankings
        WHERE chart_rankings.chart_id = chart_dates.chart_id AND chart_rankings.ranked_on = chart_dates.ranked_on
    )
RETURNING ranked_on, ranked_at;
