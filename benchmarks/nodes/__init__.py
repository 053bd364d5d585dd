"""Two nodes, a standby, a connection pool: what each costs or brings, on one PostgreSQL of its own."""
