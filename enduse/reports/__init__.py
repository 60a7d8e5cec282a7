"""Reports: figures published with denominator, source and uncertainty; public claims set beside the data."""
