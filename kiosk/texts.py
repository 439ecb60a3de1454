"""The kiosk's words: gettext catalogues in `locale/`, read as they are (no compiled copy to go stale).

English sentences in the code are the keys; zh_CN is the first language of every screen.
"""

from collections.abc import Mapping
from pathlib import Path

from babel.messages.pofile import read_po

from kiosk.flow.session import Language

LOCALE = Path(__file__).parent / "locale"


class Texts:
    """One language: `texts("Return {n} books", n=3)`; `texts.many(one, more, n)` where plurals differ."""

    def __init__(self, language: Language, catalogue: Mapping[str, str]) -> None:
        self.language = language
        self._catalogue = catalogue

    def __call__(self, message: str, /, **values: object) -> str:
        return self._catalogue.get(message, message).format(**values)

    def many(self, one: str, more: str, /, n: int, **values: object) -> str:
        """Chinese has one form for every number: the catalogue holds it under `more`."""
        return self(one if n == 1 and self.language is Language.EN else more, n=n, **values)


def load(folder: Path = LOCALE) -> dict[Language, Texts]:
    """Every language the kiosk speaks; FileNotFoundError when a catalogue is missing."""
    return {language: Texts(language, _catalogue(folder, language)) for language in Language}


def _catalogue(folder: Path, language: Language) -> dict[str, str]:
    if language is Language.EN:
        return {}
    with (folder / language.value / "LC_MESSAGES" / "kiosk.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file) if m.id and m.string}
