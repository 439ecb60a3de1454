"""What both pages are built of: live fragments made by Jinja templates, and the frame around them."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from nicegui import ui

from central.web.texts import Language, Words

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


class Header(Live):
    """The top of every page: whose it is, whether messages come in, the other language."""

    def __init__(self, words: Words, path: str) -> None:
        super().__init__("header.html")
        self._words = words
        other = Language.ENGLISH if words.language is Language.CHINESE else Language.CHINESE
        self._link = {"other_lang": other.value, "language_link": f"/language/{other.value}?to={path}"}

    def update_channel(self, receiving: bool) -> None:
        self.show(t=self._words, receiving=receiving, **self._link)


@contextmanager
def frame(words: Words, title: str, path: str) -> Iterator[Header]:
    """Title, language, style and header; the body of the `with` fills the page at `path`."""
    client = ui.context.client
    client.page = copy.copy(client.page)  # the route's own is shared by all readers of the page
    client.page.language = "zh-CN" if words.language is Language.CHINESE else "en-US"
    client.title = f"{title} · {words('brand')}"
    ui.add_head_html('<link rel="stylesheet" href="/static/centre.css">')
    with ui.element("header").classes("top"):
        header = Header(words, path)
    with ui.element("main").classes("page"):
        yield header
