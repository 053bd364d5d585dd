"""The inventory: one YAML file that says who runs which hotspots, with which devices and under which plans."""
