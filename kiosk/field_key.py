"""The key of the journal's encrypted reader field: made at first start, readable by the kiosk's user only."""

import os
from pathlib import Path

from cryptography.fernet import Fernet


def load(path: Path) -> Fernet:
    """OSError, or ValueError saying what to do when the file is no key."""
    if not path.exists():
        _make(path)
    try:
        return Fernet(path.read_bytes())
    except ValueError as error:
        raise ValueError(
            f"{path} is no key ({error}): put the right one back, or remove it and do without the readers'"
            " numbers of operations cut short"
        ) from error


def _make(path: Path) -> None:
    """Whole or not at all, whenever the power goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(Fernet.generate_key())
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
