"""Newland scanners on a serial line."""
