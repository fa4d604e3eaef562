-- Search: one index of the words of `search_text` as the application wrote them, and all words, for typing errors.

DROP INDEX tracks_search, artists_search, charts_search, notes_search, audit_events_search;

-- Words as they stand, without the parser of PostgreSQL, which drops symbols. The planner must know that this costs
-- more than reading an index, so it is no function that it may put in line.
CREATE FUNCTION search_vector(search_text text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
BEGIN
    RETURN array_to_tsvector(array_remove(string_to_array(search_text, ' '), ''));
END
$$;

-- A word and every way to leave out one of its letters: two words share one of these where one typing error lies
-- between them. The twin of webapp/text.py's function.
CREATE FUNCTION search_deletions(word text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
    SELECT array_agg(CASE WHEN place = 0 THEN base ELSE left(base, place - 1) || substr(base, place + 1) END)
    FROM (SELECT left(ltrim(word, 'N'), 32) AS base) AS compared
    CROSS JOIN generate_series(0, length(base)) AS place;
END;

-- Every word that a search text ever had, pairs of letters left out. A word may stand here twice: a unique key would
-- let writers of the same new words wait for each other in a circle.
CREATE TABLE search_words (
    word text NOT NULL
);

COMMENT ON TABLE search_words IS 'words to look for where nothing has the words typed; rows are never deleted';

-- A session keeps the plan of this; one made while there are few words would read all of them when there are many.
CREATE FUNCTION note_search_words() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO search_words (word)
    SELECT DISTINCT given.word
    FROM string_to_table(NEW.search_text, ' ') AS given (word)
    WHERE given.word <> ''
        AND NOT starts_with(given.word, 'P')
        AND NOT EXISTS (SELECT FROM search_words WHERE search_words.word = given.word);
    RETURN NULL;
END
$$;
