"""Break text into lines as Chinese typography asks; pure, measured by whoever calls.

Latin words stay whole, no line begins with closing or ends with opening punctuation, and what does not
fit in the lines given ends in an ellipsis. Kivy's own wrapping does none of this and cuts in silence.
"""

import re
from collections.abc import Callable, Iterator

ELLIPSIS = "…"
_CLOSING = "，。、；：！？）》」』】〕”’…%％,.;:!?)]}·"
_OPENING = "（《「『【〔“‘([{"
_ATOM = re.compile(
    rf"[{re.escape(_OPENING)}]*"  # opening punctuation clings to what follows
    r"(?:[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+|\S)"  # a Latin word, or one Chinese character
    rf"[{re.escape(_CLOSING)}]*\s*"  # closing punctuation and spaces cling to what went before
)
_CLAUSE_END = re.compile(r"[，。；：！？]+|[,.;:!?]+(?=\s)")

Measure = Callable[[str], float]
"""Width of a string in the unit of `width`."""


def break_lines(
    text: str, width: float, most_lines: int, measure: Measure, balanced: bool = False
) -> list[str]:
    """Lines no wider than `width`, at most `most_lines` of them (0: any number).

    `balanced` breaks two lines after a comma if one fits, and otherwise makes lines about equally long
    instead of leaving a stray character on the last.
    """
    lines = _wrap(text, width, measure)
    if balanced and width > 0 and len(lines) > 1:
        by_clause = _two_clauses(text, width, measure) if len(lines) == 2 else None
        lines = by_clause or _narrowest(text, width, lines, measure)
    if most_lines and len(lines) > most_lines:
        rest = "".join(_joined(lines[most_lines - 1 :]))
        lines = [*lines[: most_lines - 1], shorten(rest, width, measure)]
    return lines


def shorten(text: str, width: float, measure: Measure) -> str:
    """As much of `text` as fits together with the ellipsis."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle].rstrip() + ELLIPSIS) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + ELLIPSIS


def _wrap(text: str, width: float, measure: Measure) -> list[str]:
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for atom in _atoms(paragraph, width, measure):
            if line and measure((line + atom).rstrip()) > width:
                lines.append(line.rstrip())
                line = ""
            line += atom
        lines.append(line.rstrip())
    return lines


def _two_clauses(text: str, width: float, measure: Measure) -> list[str] | None:
    """Two lines that each fit, broken after a clause as near the middle as can be; None if there is none."""
    breaks = ([text[: m.end()].rstrip(), text[m.end() :].lstrip()] for m in _CLAUSE_END.finditer(text))
    fitting = [pair for pair in breaks if pair[1] and max(map(measure, pair)) <= width]
    return min(fitting, key=lambda pair: max(map(measure, pair)), default=None)


def _atoms(paragraph: str, width: float, measure: Measure) -> Iterator[str]:
    """What must not be broken; an atom wider than a whole line falls into its characters."""
    for match in _ATOM.finditer(paragraph):
        if measure(match[0].rstrip()) <= width:
            yield match[0]
        else:
            yield from match[0]


def _narrowest(text: str, width: float, lines: list[str], measure: Measure) -> list[str]:
    """As many lines in the smallest width, to a hundredth of `width`, that breaks no word more."""
    atoms = (atom for paragraph in text.split("\n") for atom in _atoms(paragraph, width, measure))
    whole = max(measure(atom.rstrip()) for atom in atoms)
    low, high = int(100 * whole / width), 100
    while high - low > 1:
        middle = (low + high) // 2
        if len(_wrap(text, width * middle / 100, measure)) <= len(lines):
            high = middle
        else:
            low = middle
    return _wrap(text, width * high / 100, measure)


def _joined(lines: list[str]) -> Iterator[str]:
    """The lines as running text again: Latin words get their space back."""
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        yield line
        if following and line and line[-1].isascii() and following[0].isascii():
            yield " "
