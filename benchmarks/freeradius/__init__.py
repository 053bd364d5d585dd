"""FreeRADIUS 3.2 as Debian packages it, in the configurations that it is compared in."""
