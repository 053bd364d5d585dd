"""Logins: who somebody is, whether they may go online, and what is written down of it."""
