-- For the choices of the filters of the list of artists.
CREATE INDEX artists_by_country ON artists (country_code);
CREATE INDEX artists_by_stage ON artists (career_stage);
