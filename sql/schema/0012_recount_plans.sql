-- Counting a chart again takes less time than planning it, so each connection plans it once.
ALTER FUNCTION recount_changes SET plan_cache_mode = force_generic_plan;
