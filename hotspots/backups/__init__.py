"""Backups of the database: one SQLite file each, whatever kind of database it is of."""
