"""The versions of the centre's database: what makes an empty one, and what brings an older one up to date.

A script is SQL for SQLite and ends with `PRAGMA user_version`; `postgres.py` turns it into its own tongue.
"""

from pathlib import Path

from central.store import StoreError

VERSION = 3
OLDEST = 2
"""Older ones were never out of the house."""
HERE = Path(__file__).parent
SCHEMA = HERE / "schema.sql"


def scripts(version: int, name: str) -> list[str]:
    """What turns a database of `version` (0: an empty one) into one of `VERSION`; StoreError names `name`."""
    if version == 0:
        return [SCHEMA.read_text(encoding="utf-8")]
    if not OLDEST <= version <= VERSION:
        raise StoreError(f"{name}: version {version}, expected {VERSION}: update the centre")
    upgrades = [HERE / f"upgrade_{number}.sql" for number in range(version + 1, VERSION + 1)]
    return [upgrade.read_text(encoding="utf-8") for upgrade in upgrades]


def statements(script: str) -> list[str]:
    """One by one."""
    return script.strip().removesuffix(";").split(";\n")
