"""What people see when a live page cannot be made: a sentence in their language, never the error's own words.

NiceGUI would show the exception, which may quote a path or a query. What went wrong is in the log.
"""

import logging

from nicegui import app as nicegui_app
from nicegui import ui

from central.office import OfficeError
from central.store import StoreError
from central.web.live import Live
from central.web.shell import Shell

log = logging.getLogger(__name__)


def register(shell: Shell) -> None:
    """Once in a process, as the pages themselves."""

    def show(error: Exception) -> None:
        log.error("a page could not be made: %s", error if _is_ours(error) else type(error).__name__)
        request = ui.context.client.request
        words = shell.words(request)
        ui.context.client.title = f"{words('refused')} · {words('brand')}"
        ui.add_head_html('<link rel="stylesheet" href="/static/centre.css">')
        ui.add_head_html('<link rel="stylesheet" href="/static/plain.css">')
        with ui.element("main").classes("page narrow"):
            key = "refused_reading" if _is_ours(error) else "refused_fault"
            Live("page_trouble.html").show(t=words, sentence=words(key), again=request.url.path)

    nicegui_app.on_page_exception(show)


def _is_ours(error: Exception) -> bool:
    """Their words are written for the log: no secret, no person."""
    return isinstance(error, StoreError | OfficeError)
