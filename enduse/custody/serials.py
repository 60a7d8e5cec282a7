"""A serial as it is compared: in capitals, without separators."""

from __future__ import annotations

_SEPARATORS = str.maketrans("", "", " -./_\t")


def serial_key(serial: str) -> str:
    """'w 345-872' -> 'W345872'. What is unique per make and model."""
    return serial.upper().translate(_SEPARATORS)
