"""What every simulated device is: bytes in, bytes out, and a clock that somebody else keeps."""

from typing import Protocol


class Simulator(Protocol):
    """The device end of a wire. One thread (the pty link's) calls these."""

    def receive(self, data: bytes) -> bytes:
        """Bytes from the host, in any pieces; what the device answers at once (b"" for nothing)."""

    def tick(self, now: float) -> bytes:
        """Called often, with a monotonic time in seconds: what the device says of its own accord."""
