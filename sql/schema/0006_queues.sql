-- How urgent a queue is: workers take runs of the lowest rank first.
CREATE FUNCTION queue_rank(queue text) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN array_position(ARRAY['interactive', 'sync', 'default', 'backfill'], queue);
