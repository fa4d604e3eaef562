-- The steps after all search texts are rewritten: indexes, the table of words, and its triggers.
INSERT INTO search_words (word)
SELECT given.word
FROM (
    SELECT array_agg(search_text) AS search_texts
    FROM (
        SELECT search_text FROM tracks
        UNION ALL
        SELECT search_text FROM artists
        UNION ALL
        SELECT search_text FROM charts
        UNION ALL
        SELECT search_text FROM notes
    ) AS every
) AS texts
CROSS JOIN words_of_search_texts(texts.search_texts) AS given (word);

CREATE INDEX search_words_by_word ON search_words (word);
-- Without a pending list, which every search would have to scan.
CREATE INDEX search_words_near ON search_words USING gin (search_deletions(word)) WITH (fastupdate = off);

CREATE INDEX tracks_search ON tracks USING gin (search_vector(search_text));
CREATE INDEX artists_search ON artists USING gin (search_vector(search_text));
CREATE INDEX charts_search ON charts USING gin (search_vector(search_text));
CREATE INDEX notes_search ON notes USING gin (search_vector(search_text));
CREATE INDEX audit_events_search ON audit_events USING gin (search_vector(search_text));

-- For names that begin as typed: compared by bytes, so that a prefix is a range of the index, which excludes long texts.
CREATE INDEX tracks_by_search_text ON tracks ((left(search_text, 64) COLLATE "C"));
CREATE INDEX artists_by_search_text ON artists ((left(search_text, 64) COLLATE "C"));

CREATE TRIGGER tracks_note_words AFTER INSERT ON tracks
    REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION note_search_words();
CREATE TRIGGER tracks_note_new_words AFTER UPDATE OF search_text ON tracks
    FOR EACH ROW WHEN (NEW.search_text <> OLD.search_text) EXECUTE FUNCTION note_new_search_words();
CREATE TRIGGER artists_note_words AFTER INSERT ON artists
    REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION note_search_words();
CREATE TRIGGER artists_note_new_words AFTER UPDATE OF search_text ON artists
    FOR EACH ROW WHEN (NEW.search_text <> OLD.search_text) EXECUTE FUNCTION note_new_search_words();
CREATE TRIGGER charts_note_words AFTER INSERT ON charts
    REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION note_search_words();
CREATE TRIGGER charts_note_new_words AFTER UPDATE OF search_text ON charts
    FOR EACH ROW WHEN (NEW.search_text <> OLD.search_text) EXECUTE FUNCTION note_new_search_words();
CREATE TRIGGER notes_note_words AFTER INSERT ON notes
    REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION note_search_words();
CREATE TRIGGER notes_note_new_words AFTER UPDATE OF search_text ON notes
    FOR EACH ROW WHEN (NEW.search_text <> OLD.search_text) EXECUTE FUNCTION note_new_search_words();
