"""Residents who do not exist, and their gateways: clients of the system, with no door of their own.

Here pyrad is a client library, beside and apart from what the RADIUS service itself reads and writes packets with.
"""
