"""Says what an entry of the audit log tells beyond its act, in the reader's language. Pure.

What no table knows is shown as it was written down: an entry is never left out for want of a word.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from central.web.texts import Language, Words
from central.web.words import TEXTS

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
FAMILIES: Mapping[str, str] = {
    "cleared": "audit_key_",
    "closed_days": "settings_day_",
    "command": "command_",
    "kind": "",
    "offline": "settings_offline_",
    "outcome": "outcome_",
    "role": "role_",
    "scope": "scope_",
    "step": "audit_step_",
    "what": "",
}
"""By key: which words its values have."""
SIGNS: Mapping[Language, tuple[str, str, str]] = {
    Language.CHINESE: ("：", "；", "、"),
    Language.ENGLISH: (": ", "; ", ", "),
}
"""After a key, between two pairs, between values."""
FIRST = ("role", "rule", "command", "place", "places", "town", "from", "starts_at", "to", "ends_at", "until")
"""Who, what and when before the rest."""
HIDDEN = frozenset({"id", "seq", "kiosk_id"})
"""Numbers that only programs need; REST has them."""


def told(words: Words, details: Mapping[str, object]) -> str:
    """One line: `角色：分馆（网点）；网点：mz-taiping-03、mz-taiping-05`."""
    colon, between, _ = SIGNS[words.language]
    return between.join(
        f"{_key(words, key)}{colon}{_value(words, key, value)}"
        for key, value in sorted(details.items(), key=_rank)
        if key not in HIDDEN and value not in ("", None)
    )


def _rank(pair: tuple[str, object]) -> int:
    return FIRST.index(pair[0]) if pair[0] in FIRST else len(FIRST)


def _key(words: Words, key: str) -> str:
    for known in (f"audit_key_{key}", f"statistics_{key}"):
        if known in TEXTS:
            return words(known)
    return key


def _value(words: Words, key: str, value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return SIGNS[words.language][2].join(_value(words, key, one) for one in value)
    text = str(value)
    if key == "rule":
        return words.rule_named(text)
    if key in {"place", "places"} and text in {"all", "*"}:
        return words("all_places")
    named = f"{FAMILIES[key]}{text}" if key in FAMILIES else f"audit_value_{text}"
    if named in TEXTS:
        return words(named)
    return _time(words, text)


def _time(words: Words, text: str) -> str:
    if _MOMENT.fullmatch(text):
        return words.minute(datetime.fromisoformat(text))
    return words.full_date(date.fromisoformat(text)) if _DAY.fullmatch(text) else text
