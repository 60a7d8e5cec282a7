"""Screening: parties compared with denied-party lists at a version; each possible match resolved with a reason."""
