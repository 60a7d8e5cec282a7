"""Diversion: how much left lawful hands, by which channel, how sure, from which evidence, known on which day."""
