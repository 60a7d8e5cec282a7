"""Imports notified by the recipient: a state says what it intends to import or has received, of whatever origin; the system compares."""
