DO $$
BEGIN
    IF to_regclass('timescaledb_information.hypertables') IS NOT NULL THEN
        PERFORM remove_compression_policy('chart_ranking_entries', if_exists => true);
        PERFORM decompress_chunk(chunk, if_compressed => true)
        FROM show_chunks('chart_ranking_entries') AS chunk;
        ALTER TABLE chart_ranking_entries SET (timescaledb.compress = false);
    END IF;
END
$$;
DROP TRIGGER chart_dates_note_deleted ON chart_dates;
DROP TRIGGER chart_dates_note_updated ON chart_dates;
DROP TRIGGER chart_dates_note_inserted ON chart_dates;
DROP TRIGGER chart_rankings_note_deleted ON chart_rankings;
DROP TRIGGER chart_rankings_note_updated ON chart_rankings;
DROP TRIGGER chart_rankings_note_inserted ON chart_rankings;
DROP TRIGGER chart_ranking_entries_note_deleted ON chart_ranking_entries;
DROP TRIGGER chart_ranking_entries_note_updated ON chart_ranking_entries;
DROP TRIGGER chart_ranking_entries_note_inserted ON chart_ranking_entries;
DROP TABLE chart_changes;
DROP FUNCTION note_changed_rankings;
DROP FUNCTION note_deleted_entry;
DROP FUNCTION note_updated_entries;
DROP FUNCTION note_inserted_entries;
DROP FUNCTION recount_changes;
DROP FUNCTION recount_chart;
DROP FUNCTION recount_chart_tracks;
DROP FUNCTION recount_entered;
DROP TABLE chart_tracks;
DROP TABLE chart_entered;

-- The former way to the same charts.
CREATE OR REPLACE FUNCTION list_chart_ids(of_list bigint) RETURNS TABLE (chart_id integer) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT charts.id
    FROM list_track_ids(of_list) AS listed
    JOIN chart_ranking_entries AS entries ON entries.track_id = listed.track_id
    JOIN charts ON charts.id = entries.chart_id AND charts.last_ranked_on = entries.ranked_on
$$;
