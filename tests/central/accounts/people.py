"""Who does things in these tests, and a hash that does not take its time."""

from datetime import datetime, timedelta

from argon2 import PasswordHasher

from central.accounts.passwords import Hasher
from central.accounts.roles import Actor
from tests.central.heard import NOW

HASHER = Hasher(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
PLACES = ("mz-main", "mz-taiping", "mz-taiping-03", "mz-huguang")
GOOD = "tianya-haijiao-1987"


def by(name: str = "main", address: str = "192.0.2.7", at: datetime = NOW) -> Actor:
    return Actor(name, address, at)


def later(**more: float) -> datetime:
    return NOW + timedelta(**more)
