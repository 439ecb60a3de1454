"""Honeywell and Mindeo scanners on a serial line."""
