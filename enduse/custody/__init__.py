"""Custody: every firearm from manufacture to destruction, explained by events; counts of what is held."""
