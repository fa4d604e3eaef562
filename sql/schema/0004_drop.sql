-- Drops the objects of revision 0004.
DROP FUNCTION chart_overlap_entries, chart_overlaps;
DROP TRIGGER charts_alias ON charts;
DROP FUNCTION chart_alias_to_slug;
CREATE OR REPLACE FUNCTION note_failed_sync() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE charts
    SET
        sync_failed_at = NEW.finished_at,
        sync_error = NEW.error,
        next_sync_at = CASE NEW.state
            WHEN 'dead' THEN least(next_sync_at, now() + interval '1 hour')
            ELSE next_sync_at
        END
    WHERE slug = NEW.args ->> 'chart';
    RETURN NEW;
END
$$;
DROP VIEW chart_slugs;
DROP TABLE chart_aliases;
DELETE FROM batches WHERE action = 'history';
ALTER TABLE batches DROP CONSTRAINT batches_action_check;
ALTER TABLE batches ADD CONSTRAINT batches_action_check CHECK (action IN ('fetch', 'artists', 'import'));
DROP TRIGGER tracks_recount_gains ON tracks;
DROP FUNCTION recount_gains_of_release;
-- The former definition.
CREATE OR REPLACE FUNCTION audience_summary(series_track bigint, series_platform integer)
RETURNS TABLE (
    first_date date, last_date date, latest_value bigint, gain_7_days bigint, gain_7_days_before bigint
)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT
        oldest.date,
        newest.date,
        newest.audience_value,
        newest.audience_value - week.audience_value,
        week.audience_value - fortnight.audience_value
    FROM (SELECT) AS always
    LEFT JOIN LATERAL (
        SELECT date, audience_value FROM track_audience_time_series
        WHERE track_id = series_track AND platform_id = series_platform
        ORDER BY date DESC
        LIMIT 1
    ) AS newest ON true
    LEFT JOIN LATERAL (
        SELECT date FROM track_audience_time_series
        WHERE track_id = series_track AND platform_id = series_platform
        ORDER BY date
        LIMIT 1
    ) AS oldest ON true
    LEFT JOIN LATERAL (
        SELECT date, audience_value FROM track_audience_time_series
        WHERE track_id = series_track AND platform_id = series_platform
            AND date BETWEEN newest.date - 14 AND newest.date - 7
        ORDER BY date DESC
        LIMIT 1
    ) AS week ON true
    LEFT JOIN LATERAL (
        SELECT audience_value FROM track_audience_time_series
        WHERE track_id = series_track AND platform_id = series_platform
            AND date BETWEEN week.date - 14 AND week.date - 7
        ORDER BY date DESC
        LIMIT 1
    ) AS fortnight ON true;
END;
DROP FUNCTION audience_gain_and_before, audience_gain, zero_day, begins_at_zero;
DROP FUNCTION audience_catch_ups;
DROP FUNCTION is_api_answer;
INSERT INTO track_audience_time_series (
    track_id, platform_id, date, audience_value, platform_identifier, fetched_at, api_data
)
SELECT tracks.id, platforms.id, gone.date, gone.audience_value, gone.platform_identifier, gone.fetched_at, gone.api_data
FROM audience_set_aside AS gone
JOIN tracks ON tracks.uuid = gone.track_uuid
JOIN platforms ON platforms.slug = gone.platform
ON CONFLICT DO NOTHING;
DROP TABLE audience_set_aside;
DROP TABLE refusals;
ALTER TABLE notes DROP COLUMN changed_by;
ALTER TABLE job_runs DROP COLUMN command_line_user;

-- Rankings: a tie keeps its first song.
DROP INDEX job_runs_by_end;
DROP FUNCTION lock_for_ranking_chunk, has_ranking_chunk, missing_positions, ranking_movements;
DELETE FROM chart_ranking_entries WHERE ordinal > 1;
ALTER TABLE chart_ranking_entries DROP CONSTRAINT chart_ranking_entries_pkey;
ALTER TABLE chart_ranking_entries DROP COLUMN ordinal;
ALTER TABLE chart_ranking_entries ADD PRIMARY KEY (chart_id, ranked_on, position);
ALTER TABLE chart_entry_revisions DROP COLUMN ordinal;
ALTER TABLE chart_rankings DROP COLUMN missing_positions, DROP COLUMN refused_rows;
ALTER TABLE chart_rankings_set_aside DROP COLUMN refused_rows;
CREATE FUNCTION ranking_movements(of_chart integer, of_date date)
RETURNS TABLE (
    "position" integer, track_id bigint, movement text, previous_position integer, is_from_api boolean
)
LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH before AS (
        SELECT ranked_on, is_held FROM ranking_before(of_chart, of_date)
    ),

    stood AS (
        SELECT entries.track_id, min(entries.position) AS position
        FROM chart_ranking_entries AS entries
        WHERE entries.chart_id = of_chart AND entries.ranked_on = (SELECT ranked_on FROM before WHERE is_held)
        GROUP BY entries.track_id
    ),

    compared AS (
        SELECT
            entries.*,
            coalesce(before.is_held, false) AS is_held,
            before.ranked_on AS before_on,
            CASE WHEN before.is_held THEN stood.position ELSE entries.previous_position END AS was
        FROM chart_ranking_entries AS entries
        LEFT JOIN before ON true
        LEFT JOIN stood ON stood.track_id = entries.track_id
        WHERE entries.chart_id = of_chart AND entries.ranked_on = of_date
    )

    SELECT
        compared.position,
        compared.track_id,
        CASE
            WHEN compared.was > compared.position THEN 'up'
            WHEN compared.was < compared.position THEN 'down'
            WHEN compared.was = compared.position THEN 'same'
            WHEN compared.before_on IS NULL THEN 'unknown'
            WHEN compared.entry_date = of_date THEN 'new'
            WHEN compared.is_held AND (compared.entry_date < of_date OR compared.time_on_chart > 1) THEN 're_entry'
            WHEN compared.is_held AND EXISTS (
                SELECT FROM chart_ranking_entries AS earlier
                WHERE earlier.track_id = compared.track_id
                    AND earlier.chart_id = of_chart
                    AND earlier.ranked_on < compared.before_on
            ) THEN 're_entry'
            ELSE 'unknown'
        END,
        compared.was,
        compared.was IS NOT NULL AND NOT compared.is_held
    FROM compared;
END;
DROP TRIGGER tracks_note_words ON tracks;
DROP TRIGGER tracks_note_new_words ON tracks;
DROP TRIGGER artists_note_words ON artists;
DROP TRIGGER artists_note_new_words ON artists;
DROP TRIGGER charts_note_words ON charts;
DROP TRIGGER charts_note_new_words ON charts;
DROP TRIGGER notes_note_words ON notes;
DROP TRIGGER notes_note_new_words ON notes;
DROP INDEX tracks_search, artists_search, charts_search, notes_search, audit_events_search;
DROP INDEX tracks_by_search_text, artists_by_search_text;
DROP TABLE search_words;
DROP FUNCTION note_search_words, note_new_search_words, add_search_words, words_of_search_texts;
DROP FUNCTION search_deletions, search_vector;
CREATE INDEX tracks_search ON tracks USING gin (to_tsvector('simple', search_text));
CREATE INDEX artists_search ON artists USING gin (to_tsvector('simple', search_text));
CREATE INDEX charts_search ON charts USING gin (to_tsvector('simple', search_text));
CREATE INDEX notes_search ON notes USING gin (to_tsvector('simple', search_text));
CREATE INDEX audit_events_search ON audit_events USING gin (to_tsvector('simple', search_text));
DROP TRIGGER tracks_alias ON tracks;
DROP FUNCTION merge_rows, track_alias_to_uuid;
DROP VIEW track_uuids;
DROP TABLE track_aliases;
