-- What revision 0004 made, in any order that works.
DROP TRIGGER tracks_note_words ON tracks;
DROP TRIGGER tracks_note_new_words ON tracks;
DROP TRIGGER artists_note_words ON artists;
DROP TRIGGER artists_note_new_words ON artists;
DROP TRIGGER charts_note_words ON charts;
DROP TRIGGER charts_note_new_words ON charts;
DROP TRIGGER notes_note_words ON notes;
DROP TRIGGER notes_note_new_words ON notes;
DROP INDEX tracks_search, artists_search, charts_search, notes_search, audit_events_search;
DROP TABLE search_words;
DROP FUNCTION note_search_words, search_deletions, search_vector;
CREATE INDEX tracks_search ON tracks USING gin (to_tsvector('simple', search_text));
CREATE INDEX artists_search ON artists USING gin (to_tsvector('simple', search_text));
CREATE INDEX charts_search ON charts USING gin (to_tsvector('simple', search_text));
CREATE INDEX notes_search ON notes USING gin (to_tsvector('simple', search_text));
CREATE INDEX audit_events_search ON audit_events USING gin (to_tsvector('simple', search_text));
