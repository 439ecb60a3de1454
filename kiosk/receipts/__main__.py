"""`python -m kiosk.receipts`: shows every paper as it will be printed, and checks a library's own templates.

python -m kiosk.receipts --columns 42 --folder receipts borrow
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from devices.escpos.protocol import plain_text
from devices.kinds import ReceiptLine
from kiosk.flow.session import Language
from kiosk.receipts import sample
from kiosk.receipts.library import file_name, load
from kiosk.receipts.papers import Paper, Papers
from kiosk.receipts.template import TemplateError

COLUMNS = (32, 42, 48)


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status; argparse exits by itself (2) on arguments that make no sense."""
    parser = argparse.ArgumentParser(prog="python -m kiosk.receipts", description=__doc__)
    parser.add_argument("paper", nargs="?", choices=[paper.value for paper in Paper], help="only this one")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="the library's own templates")
    parser.add_argument("--columns", type=int, choices=COLUMNS, default=COLUMNS[0], help="width of the paper")
    parser.add_argument("--language", choices=[one.value for one in Language], default=Language.ZH.value)
    args = parser.parse_args(arguments)
    language = Language(args.language)
    try:
        papers = Papers(load(args.folder), sample.ACCOUNT_URL)
    except TemplateError as error:
        print(error, file=sys.stderr)
        return 1
    for paper in Paper:
        if args.paper in (None, paper.value):
            _show(file_name(paper, language), sample.lines(papers, paper, language), args.columns)
    return 0


def _show(name: str, lines: tuple[ReceiptLine, ...], columns: int) -> None:
    edge = "+" + "-" * columns + "+"
    print(f"{name}\n{edge}\n{plain_text(lines, columns)}{edge}\n")


if __name__ == "__main__":
    sys.exit(main())
