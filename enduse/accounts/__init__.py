"""Accounts: who signs in, in which role, and what that role may do and see.

One table, `permissions.py`, answers for pages, API, CLI and exports alike.
"""
