"""The live pages that are open, and whose. When a session ends, its tabs go to the login page in seconds."""

import asyncio

from nicegui import Client

from central.web.visitor import LOGIN, Visitor


class Tabs:
    """Used from the event loop only."""

    def __init__(self) -> None:
        self._open: dict[Client, Visitor] = {}

    def add(self, client: Client, visitor: Visitor) -> None:
        self._open[client] = visitor

    def has(self, client: Client) -> bool:
        """Whether the page may still be told anything."""
        return client in self._open

    async def sweep(self) -> None:
        """Send away every page whose visitor has left, or may by now do other things than it was made for."""
        open_now = {client: visitor for client, visitor in self._open.items() if not client.is_deleted}
        self._open = open_now
        for client in await asyncio.to_thread(_ended, open_now):
            self._open.pop(client, None)
            client.open(LOGIN)


def _ended(pages: dict[Client, Visitor]) -> list[Client]:
    return [client for client, visitor in pages.items() if visitor.current() != visitor.principal]
