"""The gateways that send residents here, each in its own language; all speak of a :class:`visit.GatewayVisit`."""
