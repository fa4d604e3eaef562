DROP TABLE table_file_parts;
