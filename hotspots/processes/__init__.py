"""The processes of an installation: how they are started, listen, are heard and end."""
