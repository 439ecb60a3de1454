"""Which tag bears what in bank 01. Pure."""

MOST_KNOWN = 256


class Names:
    """A tag's uid and the content of bank 01 by which the reader addresses it, both ways.

    Keeps the MOST_KNOWN seen last: what a tag bears changes rarely, and asking for its TID takes 30 ms.
    """

    def __init__(self) -> None:
        self._uids: dict[bytes, bytes] = {}
        self._contents: dict[bytes, bytes] = {}

    def uid_of(self, content: bytes) -> bytes | None:
        return self._uids.get(content)

    def content_of(self, uid: bytes) -> bytes | None:
        return self._contents.get(uid)

    def remember(self, uid: bytes, content: bytes) -> None:
        self._uids.pop(content, None)  # to the end of the row
        self._uids[content] = uid
        self._contents[uid] = content
        if len(self._uids) > MOST_KNOWN:
            self.forget(next(iter(self._uids.values())))

    def forget(self, uid: bytes) -> None:
        """All that the tag was known by: one that is renamed must not leave its old name to another."""
        self._contents.pop(uid, None)
        self._uids = {content: other for content, other in self._uids.items() if other != uid}
