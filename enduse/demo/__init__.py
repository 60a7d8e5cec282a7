"""The demonstration: a seeded world shaped by the public figures, entered through the product's own actions.

Its people are roles, its states, units and firms are invented; only the sizes of things follow published figures
(`facts.py` names them). An installation made this way lives in January 2012.
"""
