"""What people see: the portal of residents, kiosk pages, dashboards of staff."""
