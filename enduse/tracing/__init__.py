"""Tracing: from a recovered firearm's marks back to the licence it was sold under; monitored operations."""
