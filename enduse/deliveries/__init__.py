"""Deliveries: consignments under a licence, each with its manifest by serial; shipped, received, verified."""
