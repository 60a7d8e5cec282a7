"""Licensing: applications are filed, screened, assessed, recommended, decided by a second officer, and licensed."""
