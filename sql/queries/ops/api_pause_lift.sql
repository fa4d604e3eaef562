DELETE FROM api_pause;
