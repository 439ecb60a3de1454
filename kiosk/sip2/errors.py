"""What can go wrong with the ILS, split by what is then known about the operation under way.

`IlsUnreachable`: nothing of it left the kiosk, so it was certainly not done. `IlsUnknown`: it left, and no
valid reply came: it may or may not have been done; ask with item information, never send it again.
The words of an error are for staff and logs: they name the server and the message, never a reader or an item.
"""


class IlsError(Exception):
    """Base: `server` is host:port, `detail` what happened and what to do."""

    def __init__(self, server: str, detail: str) -> None:
        super().__init__(f"ILS {server}: {detail}")
        self.server = server
        self.detail = detail


class IlsUnreachable(IlsError):
    """Not sent, certainly not done: go offline or try later; staff look at network and server."""


class IlsCrowded(IlsUnreachable):
    """It took the connection and then said nothing: its limit of connections is probably used up."""


class IlsRefusedLogin(IlsUnreachable):
    """It said no to the kiosk's user or password: staff correct the configuration."""


class IlsUnknown(IlsError):
    """Sent, and no valid reply: done or not done, only the ILS can tell."""


class IlsNonsense(IlsUnknown):
    """It answered something else. `text` is what came, for staff; it may name people: never log it."""

    def __init__(self, server: str, detail: str, text: str) -> None:
        super().__init__(server, detail)
        self.text = text
