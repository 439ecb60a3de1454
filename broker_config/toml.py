"""Reads TOML into msgspec types; what is wrong with a file is one sentence: file, key, expectation."""

import re
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

_S = TypeVar("_S", bound=msgspec.Struct)


class ConfigError(Exception):
    """A file that cannot be used: names file, key and what was expected."""


def read_toml(path: Path, cls: type[_S]) -> _S:
    """The file as a `cls`; ConfigError names file and key, and what was expected there."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=cls)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {_explain(str(error), cls)}") from error
    except (ValueError, RecursionError) as error:
        # tomllib's parser nests as deep as the file does, and leaves numbers that are too long to int()
        raise ConfigError(f"{path}: is not TOML: {error}") from error


def is_file(path: Path) -> bool:
    """Whether the file that a configuration names is there; one with an impossible name is not."""
    try:
        return path.is_file()
    except OSError:
        return False


_UNKNOWN = re.compile(r"Object contains unknown field `(?P<key>[^`]*)`")
_MISSING = re.compile(r"Object missing required field `(?P<key>[^`]*)`")
_PLACE = re.compile(r" - at `(?P<path>[^`]*)`$")


def _explain(problem: str, cls: type[msgspec.Struct]) -> str:
    """msgspec's sentence with the key first, and the known keys for an unknown one."""
    found = _PLACE.search(problem)
    where = found["path"].removeprefix("$").removeprefix(".") if found else ""
    what = problem[: found.start()] if found else problem
    if unknown := _UNKNOWN.match(what):
        known = ", ".join(_keys_at(cls, where))
        return f"{_join(where, unknown['key'])}: unknown key, expected one of: {known}"
    if missing := _MISSING.match(what):
        return f"{_join(where, missing['key'])}: missing"
    return f"{where}: {what[:1].lower()}{what[1:]}"


def _join(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _keys_at(cls: Any, where: str) -> list[str]:
    """The keys of the table at a dotted path such as `web`, `place[0]` or `hours[...]` (any key)."""
    for step in filter(None, where.replace("[...]", "").split(".")):
        hint = get_type_hints(cls)[step.partition("[")[0]]
        cls = next((arg for arg in get_args(hint) if hasattr(arg, "__struct_fields__")), hint)
    return list(cls.__struct_fields__)
