ALTER FUNCTION recount_changes RESET plan_cache_mode;
