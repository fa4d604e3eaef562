"""Queries, schema and migrations, installed as the package trackpulse_sql."""
