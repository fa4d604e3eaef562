-- Restores the constraints against duplicate platforms, if somebody dropped them.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'platforms_slug_key') THEN
        ALTER TABLE platforms ADD CONSTRAINT platforms_slug_key UNIQUE (slug);
    END IF;
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'platforms_fold_key') THEN
        ALTER TABLE platforms ADD CONSTRAINT platforms_fold_key UNIQUE (fold);
    END IF;
END
$$;
