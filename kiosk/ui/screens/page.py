"""What every page is to the stage."""

from typing import Any

from kivy.uix.boxlayout import BoxLayout


class Page(BoxLayout):
    """Shows one kind of screen, made once and painted again and again."""

    def paint(self, screen: Any) -> None:
        """Show `screen`, which is of the kind that `pages.PAGES` lists for this page."""
        raise NotImplementedError

    def enter(self) -> None:
        """Called when the page comes back on the stage."""
