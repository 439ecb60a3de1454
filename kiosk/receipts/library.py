"""Finds the templates: those of the library's own folder, and the shipped ones for what is not there."""

from importlib import resources
from pathlib import Path

from kiosk.flow.session import Language
from kiosk.receipts.papers import NAMES, Paper, Templates
from kiosk.receipts.template import Template, TemplateError, parse


def load(folder: Path | None = None) -> Templates:
    """Every template, checked; TemplateError names the file that cannot be read or makes no sense."""
    files = {file_name(paper, language): (paper, language) for paper in Paper for language in Language}
    own = _own(folder, set(files)) if folder else {}
    return {key: _template(name, key[0], own.get(name)) for name, key in files.items()}


def file_name(paper: Paper, language: Language) -> str:
    return f"{paper.value}.{language.value}.txt"


def _own(folder: Path, names: set[str]) -> dict[str, Path]:
    """A file of another name would never be printed, and nobody would know why."""
    if not folder.is_dir():
        raise TemplateError(f"{folder}: expected a folder with templates")
    files = {file.name: file for file in sorted(folder.glob("*.txt"))}
    for name in files:
        if name not in names:
            raise TemplateError(
                f"{folder / name}: no paper has that name, expected one of {', '.join(sorted(names))}"
            )
    return files


def _template(name: str, paper: Paper, own: Path | None) -> Template:
    source = str(own or name)
    try:
        file = own or resources.files("kiosk.receipts.templates").joinpath(name)
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"{source}: {error}; expected text in UTF-8") from error
    return parse(text.removeprefix("\ufeff"), NAMES[paper], source)
