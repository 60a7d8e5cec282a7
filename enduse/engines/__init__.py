"""The engines: libraries of arrays and plain values, without Django; each could be used alone."""
