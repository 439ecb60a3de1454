"""Hypothesis in this house: how long an example takes says nothing on a busy machine; pytest-timeout ends
what hangs."""

from hypothesis import HealthCheck, settings

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
