"""DuckDB: the lake in which facts are kept for reports, its writer, its upkeep, and analysts' access to it."""
