"""Conditions of a licence: what `measures.conditions` says of their codes and values."""

from enduse.measures.conditions import as_sentence, asked_for, checked, defaults_of, proposed

__all__ = ["as_sentence", "asked_for", "checked", "defaults_of", "proposed"]
