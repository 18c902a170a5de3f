"""The checks. Every module here is loaded by the registry; a new one needs no other change."""
