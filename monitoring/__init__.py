"""Exporters, probes and simulated residents."""
