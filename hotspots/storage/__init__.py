"""Where everything is kept: migrations, moves from one database to another, and the spool beside them."""
