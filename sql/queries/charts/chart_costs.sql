-- The numbers that the cost of charts is computed from. `pages` are the calls for one ranking, `list_pages` those for
-- the list of its dates, `missing` the rankings from `since` on that a back-fill would fetch in addition to the
-- latest: those listed and not stored, or if no list was ever fetched, the maximum for the frequency.
SELECT
    charts.id AS chart_id,
    ranking_pages(coalesce(newest.entry_count, charts.max_entries)) AS pages,
    chart_syncs_a_day(charts.sync_hours, charts.frequency) AS syncs_a_day,
    greatest(ceil(coalesce(known.dates, expected.dates) / 100.0), 1)::integer AS list_pages,
    CASE
        WHEN known.dates IS NULL THEN greatest(expected.dates, 0)
        WHEN expected.newer > 0 THEN known.not_held + expected.newer - 1
        -- The latest is fetched in any case.
        ELSE known.not_held - known.newest_not_held::integer
    END AS missing
FROM charts
LEFT JOIN chart_rankings AS newest
    ON newest.chart_id = charts.id AND newest.ranked_on = charts.last_ranked_on
LEFT JOIN LATERAL (
    SELECT
        count(*)::integer AS dates,
        max(chart_dates.ranked_on) AS newest,
        count(*) FILTER (WHERE held.ranked_on IS NULL AND chart_dates.ranked_on >= :since)::integer AS not_held,
        coalesce(max(chart_dates.ranked_on) > max(held.ranked_on), true) AS newest_not_held
    FROM chart_dates
    LEFT JOIN chart_rankings AS held USING (chart_id, ranked_on)
    WHERE chart_dates.chart_id = charts.id
    HAVING count(*) > 0
) AS known ON true
CROSS JOIN LATERAL (
    SELECT
        (current_date - CAST(:since AS date)) / chart_period(charts.frequency) AS dates,
        (current_date - greatest(known.newest, :since)) / chart_period(charts.frequency) AS newer
) AS expected
WHERE charts.id = ANY(CAST(:charts AS integer[]));
