"""`make fuzz`: random and mutated bytes into every decoder, on all cores; each must answer or refuse in its
own words, and none may fall over or fall asleep.

    python -m tests.fuzz --inputs 10000000 --seconds 1800
    python -m tests.fuzz --only SIP2 --seed 7

stops at whichever comes first and prints how many each decoder had, how many a second on one core,
and the slowest one's milliseconds of processor time; exit 1 and the
inputs in hexadecimal when any escaped. A run is repeated by its seed.
"""

import argparse
import logging
import multiprocessing
import random
import sys
import time
from collections.abc import Sequence

from tests.fuzz.engine import Tallies, Tally, Target, fuzz
from tests.fuzz.targets import TARGETS

LONGEST_SHOWN = 20_000
"""Characters of an input and of where it escaped."""


def _fuzz_shared(task: tuple[str, int, int, float]) -> Tallies:
    only, *how = task
    return fuzz(chosen(only), *how)


def chosen(only: str) -> Sequence[Target]:
    return [target for target in TARGETS if only in target.name]


def main() -> int:
    parser = argparse.ArgumentParser(description="feed random and mutated bytes to every decoder")
    parser.add_argument("--inputs", type=int, default=10_000_000, help="through each decoder")
    parser.add_argument("--seconds", type=float, default=1800, help="stop then at the latest")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--only", default="", help="decoders with this in their name")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)  # what is refused is told of in the log, too
    cores = multiprocessing.cpu_count()
    share = -(-args.inputs // cores)
    tasks = [(args.only, args.seed + core, share, args.seconds) for core in range(cores)]
    total: Tallies = {}
    began = time.monotonic()
    with multiprocessing.Pool(cores) as pool:
        for tallies in pool.imap_unordered(_fuzz_shared, tasks):
            for name, tally in tallies.items():
                total.setdefault(name, Tally()).add(tally)
    return _report(total, f"seed {args.seed}, {cores} cores, {time.monotonic() - began:.0f} s")


def _report(total: Tallies, how: str) -> int:
    print(f"{'decoder':28}{'inputs':>12}{'believed':>12}{'a second':>12}{'slowest ms':>12}")
    for name, tally in total.items():
        rate = tally.inputs / tally.seconds if tally.seconds else 0.0
        print(f"{name:28}{tally.inputs:12,}{tally.believed:12,}{rate:12,.0f}{1000 * tally.slowest_s:12,.1f}")
    escaped = {name: tally.escaped for name, tally in total.items() if tally.escaped}
    for name, what in escaped.items():
        print(f"\nescaped from {name}: {what[:LONGEST_SHOWN]}", file=sys.stderr)
    inputs = sum(tally.inputs for tally in total.values())
    print(f"{how}: {inputs:,} inputs through {len(total)} decoders, {len(escaped) or 'none'} escaped")
    return 1 if escaped else 0


if __name__ == "__main__":
    sys.exit(main())
