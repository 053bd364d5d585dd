"""What single makes of gateways have of their own at the portal: how their visitors come, and how those are let in."""
