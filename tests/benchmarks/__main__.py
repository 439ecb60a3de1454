"""`make bench`, or `make bench SECTION=pad`: measures, prints a table for each section, keeps the figures.

python -m tests.benchmarks [SECTION …]
"""

import argparse
import importlib
import sys
from pathlib import Path

from tests.benchmarks.table import store, text

RESULTS = Path("bench-results.json")
SECTIONS = {
    "pad": "tests.benchmarks.pad",
    "borrow": "tests.benchmarks.borrow",
    "circulation": "tests.benchmarks.circulation",
    "idle": "tests.benchmarks.idle",
    "lists": "tests.benchmarks.lists",
    "cards": "tests.benchmarks.cards",
    "doors": "tests.benchmarks.doors",
    "collector": "tests.benchmarks.collector",
    "year": "tests.benchmarks.year",
    "alerts": "tests.benchmarks.alerts",
}
"""Each module has `measure() -> Findings`; imported only when it is asked for."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("section", nargs="*", help=f"of {', '.join(SECTIONS)}; all without one")
    chosen = parser.parse_args().section or list(SECTIONS)
    unknown = [section for section in chosen if section not in SECTIONS]
    if unknown:
        parser.error(f"no section {unknown[0]!r}: choose of {', '.join(SECTIONS)}")
    for section in chosen:
        findings = importlib.import_module(SECTIONS[section]).measure()
        store(RESULTS, section, findings)
        print(text(findings), end="\n\n", flush=True)
    print(f"kept in {RESULTS}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
