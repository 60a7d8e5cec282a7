"""Monitoring: end-use checks, planned with a known chance of selection, closed with an outcome and its reasons."""
