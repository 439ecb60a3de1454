"""Talking with the person at the terminal: everything but results goes to standard error."""

import sys

from devices.tag_tools.overwriting import Confirm
from devices.tag_tools.tags import Refusal

_YES = frozenset({"y", "yes", "是"})


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def confirming(yes: bool) -> Confirm:
    """Asks at the terminal; `yes` answers every question beforehand."""
    return (lambda _: True) if yes else _ask


def _ask(what: str) -> bool:
    """Anything but a clear yes is a no; Refusal where nobody sits at the terminal."""
    if not sys.stdin.isatty():
        raise Refusal(
            f"{what}: 无人确认，未改动，要覆盖请加 --yes / not overwritten, to do so unasked use --yes"
        )
    print(f"{what}。覆盖吗？/ Overwrite it? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in _YES
