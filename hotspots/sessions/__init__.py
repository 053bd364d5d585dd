"""Sessions: what gateways report of them, what counts of them, and how they are changed and ended."""
