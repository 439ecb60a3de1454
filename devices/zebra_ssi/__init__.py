"""Zebra (Symbol, Motorola) scanners that speak the Simple Serial Interface."""
