"""The key of the journal's encrypted reader field: made at first start, readable by the kiosk's user only."""

from pathlib import Path

from cryptography.fernet import Fernet

from broker_config.whole_files import write_whole


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
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, Fernet.generate_key(), 0o600)
