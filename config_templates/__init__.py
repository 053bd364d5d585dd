"""Configuration of access points, from the inventory, by templates."""
