"""Parties: who buys, sells, certifies, carries and holds; the tree of units; what is measured of each.

The measured record lives here, on the ground: each floor posts its line down, and licensing reads it.
"""
