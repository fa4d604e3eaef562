-- The dates with rankings of a chart, as the API lists them.
INSERT INTO chart_dates AS stored (chart_id, ranked_on, ranked_at)
SELECT :chart_id, listed.ranked_on, listed.ranked_at
FROM unnest(CAST(:days AS date[]), CAST(:texts AS text[])) AS listed (ranked_on, ranked_at)
ORDER BY listed.ranked_on
ON CONFLICT (chart_id, ranked_on) DO UPDATE SET ranked_at = excluded.ranked_at
WHERE stored.ranked_at <> excluded.ranked_at;
