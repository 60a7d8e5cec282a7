"""The ledger: every fact is a leaf of a public RFC 6962 log whose contents stay private.

Saved means logged: a fact and its leaf are written in one transaction, and a fact's id is its place in the log.
"""
