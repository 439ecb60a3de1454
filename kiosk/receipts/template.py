"""The syntax of a receipt's template: a line of the file is a line of paper. Pure.

    # a remark                  is not printed
    = Title                     in the middle, double size
    ^ Text                      in the middle
    ---                         a rule across the paper
    Due | {due}                 left, and at the right margin
    qr: {account_url}           a QR code
    {each book} … {end}         once for each
    {if due} … {else} … {end}   when the value is not empty; {else} may be left out

`{name}` stands for a value, `{{` and `}}` for braces. What a template may name is given with it, so that a
slip of the pen is found when the kiosk starts, and told with file and line.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from devices.kinds import Emphasis, ReceiptLine

Value = str | Sequence[Mapping[str, str]]
Values = Mapping[str, Value]

_BLOCK = re.compile(r"\{(each|if)\s+(\w+)\}|\{(else|end)\}")
_PIECE = re.compile(r"(\{\{|\}\}|\{\w+\}|[{}])")
_MARKS = {"= ": Emphasis.TITLE, "^ ": Emphasis.CENTRED, "qr: ": Emphasis.QR}
_BRACES = {"{{": "{", "}}": "}"}
RULE = "---"


class TemplateError(ValueError):
    """The message names file, line and what was expected."""


@dataclass(frozen=True)
class Names:
    """What a template may name: values, and lists with the values of each of their entries."""

    values: frozenset[str]
    lists: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Text:
    """A line; `left` and `right` are literal pieces and names in braces."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    emphasis: Emphasis


@dataclass(frozen=True)
class Each:
    name: str
    body: "tuple[Node, ...]"


@dataclass(frozen=True)
class If:
    name: str
    body: "tuple[Node, ...]"
    otherwise: "tuple[Node, ...]"


Node = Text | Each | If


@dataclass(frozen=True)
class Template:
    nodes: tuple[Node, ...]

    def fill(self, values: Values) -> tuple[ReceiptLine, ...]:
        """The lines of paper; `values` holds every name the template was checked against."""
        return tuple(_fill(self.nodes, values))


def parse(text: str, names: Names, source: str) -> Template:
    """TemplateError, beginning with `source` and the line's number, when it makes no sense."""
    return Template(_Parser(text, names, source).parse())


class _Parser:
    def __init__(self, text: str, names: Names, source: str) -> None:
        self._lines = text.splitlines()
        self._names = names
        self._source = source
        self._at = 0
        """Lines taken so far: the number of the line at hand."""

    def parse(self) -> tuple[Node, ...]:
        nodes, ended_by = self._body(self._names.values, inside=False)
        if ended_by:
            raise self._error(f"{{{ended_by}}} without a block that it ends")
        return nodes

    def _body(self, known: frozenset[str], inside: bool) -> tuple[tuple[Node, ...], str]:
        """Lines up to the end, or to {else} or {end}: which of them it was."""
        nodes: list[Node] = []
        opened_at = self._at
        while self._at < len(self._lines):
            line = self._lines[self._at].strip()
            self._at += 1
            block = _BLOCK.fullmatch(line)
            if block is None:
                if not line.startswith("#"):
                    nodes.append(self._text(line, known))
            elif block[3]:
                return tuple(nodes), block[3]
            else:
                nodes.append(self._block(block[1], block[2], known))
        if inside:
            raise self._error(f"{{end}} is missing for the block of line {opened_at}")
        return tuple(nodes), ""

    def _block(self, kind: str, name: str, known: frozenset[str]) -> Node:
        opened_at = self._at
        if kind == "if":
            self._must_be_one_of(name, known)
            body, ended_by = self._body(known, inside=True)
            otherwise: tuple[Node, ...] = ()
            if ended_by == "else":
                otherwise, ended_by = self._body(known, inside=True)
            node: Node = If(name, body, otherwise)
        else:
            self._must_be_one_of(name, self._names.lists)
            body, ended_by = self._body(self._names.values | self._names.lists[name], inside=True)
            node = Each(name, body)
        if ended_by != "end":
            raise self._error(f"{{else}} where {{end}} was expected for the block of line {opened_at}")
        return node

    def _text(self, line: str, known: frozenset[str]) -> Text:
        if line == RULE:
            return Text((), (), Emphasis.RULE)
        for mark, emphasis in _MARKS.items():
            if line.startswith(mark):
                return Text(self._pieces(line[len(mark) :], known), (), emphasis)
        left, _, right = line.partition("|")
        return Text(self._pieces(left, known), self._pieces(right, known), Emphasis.NORMAL)

    def _pieces(self, text: str, known: frozenset[str]) -> tuple[str, ...]:
        pieces = [piece for piece in _PIECE.split(text.strip()) if piece]
        for piece in pieces:
            if piece in ("{", "}"):
                raise self._error(f"a lone {piece}: expected {{name}}, or {piece}{piece} to print a brace")
            if piece[0] == "{" and piece not in _BRACES:
                self._must_be_one_of(piece[1:-1], known)
        return tuple(pieces)

    def _must_be_one_of(self, name: str, known: "frozenset[str] | Mapping[str, frozenset[str]]") -> None:
        if name not in known:
            choices = ", ".join(sorted(known)) or "nothing"
            raise self._error(f"unknown name {name!r}, expected one of: {choices}")

    def _error(self, what: str) -> TemplateError:
        return TemplateError(f"{self._source}, line {self._at}: {what}")


def _fill(nodes: Sequence[Node], values: Values) -> list[ReceiptLine]:
    lines: list[ReceiptLine] = []
    for node in nodes:
        match node:
            case Text():
                lines.append(ReceiptLine(_said(node.left, values), _said(node.right, values), node.emphasis))
            case If(name, body, otherwise):
                lines += _fill(body if values[name] else otherwise, values)
            case Each(name, body):
                entries = values[name]
                assert not isinstance(entries, str)
                for entry in entries:
                    lines += _fill(body, {**values, **entry})
    return lines


def _said(pieces: Sequence[str], values: Values) -> str:
    return "".join(_piece(piece, values) for piece in pieces)


def _piece(piece: str, values: Values) -> str:
    if piece in _BRACES:
        return _BRACES[piece]
    return str(values[piece[1:-1]]) if piece.startswith("{") else piece
