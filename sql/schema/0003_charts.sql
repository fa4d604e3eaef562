-- The location of a chart in words: 'France', and 'Paris, France'.
ALTER TABLE charts
ADD COLUMN country text NOT NULL GENERATED ALWAYS AS (
    coalesce(nullif(country_name, ''), nullif(country_code, ''), 'Worldwide')
) VIRTUAL,
ADD COLUMN place text NOT NULL GENERATED ALWAYS AS (
    CASE WHEN city_name <> '' THEN city_name || ', ' ELSE '' END
    || coalesce(nullif(country_name, ''), nullif(country_code, ''), 'Worldwide')
) VIRTUAL;
