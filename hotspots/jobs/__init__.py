"""Work that is due from time to time: one file a noun, each job a function of the database and the time."""
