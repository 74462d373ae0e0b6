"""The database: migrations, the event log, read models' rows."""
