"""Conditions of a licence: what `reference.conditions` says of their codes and values."""

from enduse.reference.conditions import as_sentence, asked_for, checked, defaults_of, proposed

__all__ = ["as_sentence", "asked_for", "checked", "defaults_of", "proposed"]
