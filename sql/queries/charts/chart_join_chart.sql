-- Gives the loser's slug and description to the winner, whose former slug becomes an alias. If either chart is
-- enabled, the joined one is; the settings of sync are the loser's if that is enabled. The chart is due at once.
WITH gone AS (
    DELETE FROM charts
    WHERE id = :loser
    RETURNING *
),

former AS (
    SELECT slug FROM charts WHERE id = :winner
),

views AS (
    UPDATE saved_views
    SET url = replace(saved_views.url, '/charts/' || former.slug || '/', '/charts/' || gone.slug || '/')
    FROM former
    CROSS JOIN gone
    WHERE starts_with(saved_views.url, '/charts/' || former.slug || '/')
),

alias AS (
    INSERT INTO chart_aliases (slug, chart_id)
    SELECT slug, :winner FROM former
)

UPDATE charts AS kept
SET
    slug = gone.slug,
    name = gone.name,
    country_code = gone.country_code,
    country_name = gone.country_name,
    city_name = gone.city_name,
    frequency = gone.frequency,
    max_entries = gone.max_entries,
    metric_name = coalesce(nullif(gone.metric_name, ''), kept.metric_name),
    web_url = gone.web_url,
    search_text = gone.search_text,
    sync_enabled = gone.sync_enabled OR kept.sync_enabled,
    sync_hours = CASE WHEN gone.sync_enabled THEN gone.sync_hours ELSE kept.sync_hours END,
    next_sync_at = NULL,
    history_from = CASE WHEN gone.sync_enabled THEN gone.history_from ELSE kept.history_from END,
    with_metadata = CASE WHEN gone.sync_enabled THEN gone.with_metadata ELSE kept.with_metadata END,
    with_artists = CASE WHEN gone.sync_enabled THEN gone.with_artists ELSE kept.with_artists END,
    with_audience = CASE WHEN gone.sync_enabled THEN gone.with_audience ELSE kept.with_audience END,
    last_ranked_on = greatest(kept.last_ranked_on, gone.last_ranked_on),
    last_synced_at = greatest(kept.last_synced_at, gone.last_synced_at),
    sync_failed_at = gone.sync_failed_at,
    sync_error = gone.sync_error,
    version = greatest(kept.version, gone.version) + 1,
    created_at = least(kept.created_at, gone.created_at)
FROM gone
WHERE kept.id = :winner;
