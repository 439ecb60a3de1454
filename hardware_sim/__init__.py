"""The other end of every wire: simulated devices, a place, a small ILS, for tests, demos and training."""
