"""Sending text messages, through whichever provider the settings name."""
