-- Deletes the calls of the oldest hour (UTC) before a time; whole hours, so that their aggregate is never of a part.
DELETE FROM api_calls
WHERE started_at < %(before)s
    AND started_at < (
        SELECT date_trunc('hour', min(oldest.started_at), 'UTC') + interval '1 hour' FROM api_calls AS oldest
    );
