"""`make fuzz`: random and mutated bytes into every decoder, on all cores; each must answer, none may raise.

    python -m tests.devices.fuzz --inputs 10000000 --seconds 1800

stops at whichever comes first and prints how many each decoder had and its speed on one core; exit 1 and the
input in hexadecimal when one escapes. A run is repeated by its seed.
"""

import argparse
import itertools
import multiprocessing
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker_config import reader_codes
from devices.feig_obid.protocol import Decoder as FeigDecoder
from devices.kinds import CardTapped, CardTechnology, IdNumber, NdefTexts, SectorBlock, SectorRead
from devices.mmm_810.protocol import Decoder as MmmDecoder
from devices.rl866.protocol import Decoder as RlDecoder
from devices.sdt_idcard.protocol import Decoder as SdtDecoder
from devices.sdt_idcard.protocol import encode_answer
from devices.tag_data import Model, TagContent, bytes_needed, decode
from devices.tag_data.content import BadTag
from devices.tag_data.models import CODECS
from devices.uhf_reader18.protocol import Decoder as UhfDecoder
from devices.uhf_reader18.protocol import Frame as UhfFrame
from kiosk.credentials import ByIdNumber, ByNdef, BySector, CardRules, Check, Encoding, Rule
from tests import vectors
from tests.devices.tag_data.fuzz import edited, memories

Inputs = Callable[[random.Random], Iterator[bytes]]
Act = Callable[[bytes], bool]
"""Decodes one input: whether it was believed. Any exception is an escape."""

BATCH = 200
_DSFIDS = (0x00, 0x06, 0x3E, None)


def _by_model(model: Model) -> Act:
    def act(memory: bytes) -> bool:
        try:
            CODECS[model].decode(memory)
        except BadTag:
            return False
        return True

    return act


def _by_any_model(memory: bytes) -> bool:
    dsfid = _DSFIDS[sum(memory) % len(_DSFIDS)]
    needed = bytes_needed(memory, dsfid, extensions=True)
    assert needed is None or needed > len(memory)
    return isinstance(decode(memory, dsfid), TagContent)


def _by_frames(decoder: Callable[[], FeigDecoder | MmmDecoder | RlDecoder | UhfDecoder | SdtDecoder]) -> Act:
    return lambda data: bool(decoder().feed(data))


def _by_reader_code(data: bytes) -> bool:
    try:
        reader_codes.decode(data.decode("latin-1"), CARD_KEYS)
    except reader_codes.BadReaderCode:
        return False
    return True


def _by_card_rules(data: bytes) -> bool:
    """As a block of a card, as its number, and as text of it: what comes out can be sent, or nothing does."""
    taps = (
        CardTapped(data[:10], CardTechnology.MIFARE_CLASSIC, SectorBlock(data[:16].ljust(16, b"\0"))),
        CardTapped(data[:10], CardTechnology.TYPE2, NdefTexts((data.decode("latin-1"),))),
        CardTapped(b"", CardTechnology.RESIDENT_ID, IdNumber(data.decode("utf-8", "replace"))),
    )
    found = [CARD_RULES.card(tap) for tap in taps]
    assert all(number.isascii() and "|" not in number for number in found if isinstance(number, str))
    return any(isinstance(number, str) for number in found)


CARD_RULES = CardRules(
    {
        CardTechnology.MIFARE_CLASSIC: Rule(BySector(SectorRead(1, 0, bytes(6)), Encoding.BCD, length=7)),
        CardTechnology.TYPE2: Rule(ByNdef(), check=Check.LIBRARY),
        CardTechnology.RESIDENT_ID: Rule(ByIdNumber()),
    }
)
CARD_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_PUBLIC = CARD_KEY.public_key().public_bytes_raw()
CARD_KEYS = {reader_codes.key_id(_PUBLIC): _PUBLIC.hex()}


def _reader_codes() -> list[bytes]:
    said = reader_codes.ReaderCode(*CARD_KEYS, 1_795_352_400, 120, bytes(10), "25240000010010")
    return [reader_codes.encode(said, CARD_KEY.sign).encode()]


def _id_card_answers() -> list[bytes]:
    """The published answers, and a made-up person's card as the reader would send it."""
    spaces = " ".encode("utf-16-le") * 128
    number = "11010519491231002X".encode("utf-16-le")
    text = spaces[:122] + number + spaces[158:]
    card = encode_answer(0x90, bytes.fromhex("0100 0400") + text + bytes(1024))
    return [bytes.fromhex("AAAAAA9669 0004 000090 94"), encode_answer(0x9F, bytes(4)), card]


def _captured(family: str) -> list[bytes]:
    return [bytes.fromhex(vector["hex"]) for vector in vectors.load_rfid()[family]]


def _uhf_frames() -> list[bytes]:
    """A question from the maker's manual, and the captured tags as an inventory would answer with them."""
    epcs = [bytes.fromhex(vector["epc"]) for vector in vectors.load_rfid()["uhf"] if "epc" in vector]
    answers = [UhfFrame(0x01, bytes([0x01, 0x01, len(epc)]) + epc, address=0).encode() for epc in epcs]
    return [bytes.fromhex("04 FF 21 19 95"), *answers]


def _edits_of(frames: list[bytes]) -> Inputs:
    def inputs(chance: random.Random) -> Iterator[bytes]:
        while True:
            noise = chance.randbytes(chance.randrange(40)) if chance.random() < 0.25 else b""
            yield noise + edited(chance, chance.choice(frames))

    return inputs


GROUPS: tuple[tuple[Inputs, dict[str, Act]], ...] = (
    (
        memories,
        {f"tag {model.value}": _by_model(model) for model in Model} | {"tag, any model": _by_any_model},
    ),
    (_edits_of(_captured("feig_obid")), {"wire feig_obid": _by_frames(FeigDecoder)}),
    (_edits_of(_captured("rl866")), {"wire rl866": _by_frames(RlDecoder)}),
    (_edits_of(_captured("mmm_210_810")), {"wire mmm_810": _by_frames(MmmDecoder)}),
    (_edits_of(_uhf_frames()), {"wire uhf_reader18": _by_frames(UhfDecoder)}),
    (_edits_of(_id_card_answers()), {"wire sdt_idcard": _by_frames(SdtDecoder)}),
    (_edits_of(_reader_codes()), {"reader codes": _by_reader_code}),
    (
        _edits_of([b"25240000010010", b"21234000000018", b"11010519491231002X", bytes.fromhex("2124")]),
        {"reader cards": _by_card_rules},
    ),
)
"""Inputs, and the decoders that each of them goes through."""


@dataclass
class Tally:
    inputs: int = 0
    believed: int = 0
    seconds: float = 0.0


@dataclass
class Tallies:
    """By decoder; `escaped` says which input made one raise, and how."""

    by_decoder: dict[str, Tally] = field(default_factory=dict)
    escaped: str | None = None

    def add(self, other: "Tallies") -> None:
        for name, theirs in other.by_decoder.items():
            ours = self.by_decoder.setdefault(name, Tally())
            ours.inputs += theirs.inputs
            ours.believed += theirs.believed
            ours.seconds += theirs.seconds
        self.escaped = self.escaped or other.escaped


def fuzz(seed: int, inputs: int, seconds: float) -> Tallies:
    """On one core, the groups in turn, `inputs` through each decoder."""
    tallies = Tallies({name: Tally() for _, acts in GROUPS for name in acts})
    end = time.monotonic() + seconds
    sources = [
        (source(random.Random(f"{seed} {number}")), acts) for number, (source, acts) in enumerate(GROUPS)
    ]
    for done in range(0, inputs, BATCH):
        if time.monotonic() >= end or tallies.escaped:
            break
        for source, acts in sources:
            batch = list(itertools.islice(source, min(BATCH, inputs - done)))
            for name, act in acts.items():
                tallies.escaped = tallies.escaped or _feed(tallies.by_decoder[name], name, act, batch)
    return tallies


def _feed(tally: Tally, name: str, act: Act, batch: list[bytes]) -> str | None:
    began = time.perf_counter()
    for data in batch:
        try:
            tally.believed += act(data)
        except Exception:
            return f"{name}: {data.hex()}\n{traceback.format_exc()}"
    tally.seconds += time.perf_counter() - began
    tally.inputs += len(batch)
    return None


def _fuzz_shared(task: tuple[int, int, float]) -> Tallies:
    return fuzz(*task)


def main() -> int:
    parser = argparse.ArgumentParser(description="feed random and mutated bytes to every decoder")
    parser.add_argument("--inputs", type=int, default=10_000_000, help="through each decoder")
    parser.add_argument("--seconds", type=float, default=1800, help="stop then at the latest")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    args = parser.parse_args()
    cores = multiprocessing.cpu_count()
    tasks = [(args.seed + core, -(-args.inputs // cores), args.seconds) for core in range(cores)]
    total, began = Tallies(), time.monotonic()
    with multiprocessing.Pool(cores) as pool:
        for tallies in pool.imap_unordered(_fuzz_shared, tasks):
            total.add(tallies)
            if total.escaped:
                break
    return _report(total, f"seed {args.seed}, {cores} cores, {time.monotonic() - began:.0f} s")


def _report(total: Tallies, how: str) -> int:
    print(f"{'decoder':20}{'inputs':>12}{'believed':>12}{'inputs/s on one core':>24}")
    for name, tally in total.by_decoder.items():
        rate = tally.inputs / tally.seconds if tally.seconds else 0.0
        print(f"{name:20}{tally.inputs:12,}{tally.believed:12,}{rate:24,.0f}")
    if total.escaped:
        print(f"{how}: escaped from {total.escaped}", file=sys.stderr)
        return 1
    print(f"{how}: none escaped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
