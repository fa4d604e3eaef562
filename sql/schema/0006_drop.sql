DROP FUNCTION queue_rank;
