"""The ways in on the web: the look that every page shares, the front page, the desk and search.

It has no rules of its own: it shows what the floors below answer.
"""
