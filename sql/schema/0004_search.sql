-- Search: an index of the words of `search_text` as the application writes them, and all words, for typing errors.

DROP INDEX tracks_search, artists_search, charts_search, notes_search, audit_events_search;

-- Words as they stand, without the parser of PostgreSQL, which drops symbols. The planner must know that this costs
-- more than reading an index, so it is no function that it may put in line.
CREATE FUNCTION search_vector(search_text text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
BEGIN
    RETURN array_to_tsvector(array_remove(string_to_array(search_text, ' '), ''));
END
$$;

-- The first letters of a word, and every way to leave out one of them: two words share one of these where one typing
-- error lies between them. All letters of a long name would make an index several times as large.
CREATE FUNCTION search_deletions(word text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
DECLARE
    base CONSTANT text := left(word, 10);
    deletions text[] := ARRAY[base];
BEGIN
    FOR place IN 1..length(base) LOOP
        deletions := deletions || overlay(base PLACING '' FROM place FOR 1);
    END LOOP;
    RETURN deletions;
END
$$;

-- Every word and every name without spaces of all search texts. Duplicates are allowed, since a unique key could make
-- writers of the same new words deadlock.
CREATE TABLE search_words (
    word text COLLATE "C" NOT NULL
);

COMMENT ON TABLE search_words IS 'words to look for where nothing has the words typed; rows are never deleted';

-- The words of search texts without the mark of a name, and without pairs of letters.
CREATE FUNCTION words_of_search_texts(search_texts text[]) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT DISTINCT ltrim(given.word, 'N')
    FROM unnest(search_texts) AS texts (search_text)
    CROSS JOIN string_to_table(texts.search_text, ' ') AS given (word)
    WHERE given.word <> '' AND NOT starts_with(given.word, 'P');
END;

-- A session keeps the plan of this; one made while there are few words would read all of them when there are many.
CREATE FUNCTION add_search_words(search_texts text[]) RETURNS void LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO search_words (word)
    SELECT given.word
    FROM words_of_search_texts(search_texts) AS given (word)
    WHERE NOT EXISTS (SELECT FROM search_words WHERE search_words.word = given.word)
    ORDER BY given.word;
END
$$;

-- The words of all rows of a statement together, since one by one takes several times as long.
CREATE FUNCTION note_search_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM add_search_words(array_agg(search_text)) FROM inserted;
    RETURN NULL;
END
$$;

CREATE FUNCTION note_new_search_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM add_search_words(ARRAY[NEW.search_text]);
    RETURN NULL;
END
$$;
