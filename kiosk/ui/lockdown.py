"""A window that cannot be left: no key does anything, no close request is heard.

A barcode scanner is read by its driver; if one is set to type like a keyboard, that too is lost here.
"""

from kivy.core.window import Window

KEY_EVENTS = ("on_keyboard", "on_key_down", "on_key_up", "on_textinput")


def lock() -> None:
    """Swallow keys, drops and close requests of Kivy's one window, before anything else sees them."""
    for event in (*KEY_EVENTS, "on_request_close", "on_drop_file", "on_drop_text"):
        Window.bind(**{event: _swallow})


def _swallow(*_: object, **__: object) -> bool:
    return True
