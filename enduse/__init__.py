"""enduse: the whole life of a legally exported firearm, from an application to a published figure."""

__version__ = "0.1.0"
