"""What live pages are built of: fragments made by Jinja templates that cost nothing while nothing changes."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from nicegui import ui

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Live(ui.html):
    """A fragment of a page; showing the same again costs nothing."""

    def __init__(self, template: str, tag: str = "div") -> None:
        super().__init__(sanitize=False, tag=tag)  # our templates escape every value
        self.classes("live")
        self._fragment = TEMPLATES.get_template(template)

    def show(self, **values: Any) -> None:
        html = self._fragment.render(**values)
        if html != self.content:
            self.set_content(html)
