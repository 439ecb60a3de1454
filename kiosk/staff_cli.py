"""`python -m kiosk staff`: makes the lines of [staff] for a configuration out of card numbers and codes.

    python -m kiosk staff --salt mazhang-qu --card 04A1B2C3 --code

A card's number is its uid in hexadecimal, as the card reader tells it (`python -m devices watch`). The code
is asked for and not shown; 6 to 8 figures. Neither can be read out of the lines again.
"""

import argparse
import getpass
import re
import sys
from collections.abc import Callable, Sequence

from kiosk.flow.staff_values import hashed

SALT_LEAST = 8


def main(arguments: Sequence[str], ask: Callable[[str], str] = getpass.getpass) -> int:
    """The exit status; 2 with a sentence for what makes no sense."""
    parser = argparse.ArgumentParser(prog="python -m kiosk staff", description=__doc__)
    parser.add_argument(
        "--salt", required=True, help=f"any {SALT_LEAST} characters or more, one for a library"
    )
    parser.add_argument("--card", action="append", default=[], metavar="UID", help="may be given again")
    parser.add_argument("--code", action="store_true", help="ask for a code, too")
    args = parser.parse_args(arguments)
    codes = [ask("工作人员密码 / staff code: ")] if args.code else []
    problem = _problem(args.salt, args.card, codes)
    if problem:
        print(f"staff: {problem}", file=sys.stderr)
        return 2
    print(f'[staff]\nsalt = "{args.salt}"')
    _print("cards", [card.upper() for card in args.card], args.salt)
    _print("codes", codes, args.salt)
    return 0


def _problem(salt: str, cards: list[str], codes: list[str]) -> str | None:
    if len(salt) < SALT_LEAST or not re.fullmatch(r"[ -!#-\[\]-~]+", salt):
        return f"--salt: expected {SALT_LEAST} printable characters or more, without quotes and backslashes"
    if not cards and not codes:
        return "nothing to do: expected --card UID or --code"
    if not all(re.fullmatch("([0-9A-Fa-f]{2}){4,10}", card) for card in cards):
        return "--card: expected a uid in hexadecimal, such as 04A1B2C3"
    if not all(re.fullmatch("[0-9]{6,8}", code) for code in codes):
        return "code: expected 6 to 8 figures"
    return None


def _print(key: str, texts: list[str], salt: str) -> None:
    if texts:
        print(f"{key} = [{', '.join(chr(34) + hashed(text, salt) + chr(34) for text in texts)}]")
