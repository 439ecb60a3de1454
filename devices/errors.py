"""What can go wrong with a device, split by what helps.

Every error carries the port it happened on and the command that was under way, so that the message
names them without the caller's help.
"""


class DeviceError(Exception):
    """Base: `port` is the path opened, `command` the act under way in words, `detail` what happened."""

    def __init__(self, port: str, command: str, detail: str) -> None:
        super().__init__(f"{port}: {command}: {detail}")
        self.port = port
        self.command = command
        self.detail = detail


class DeviceLost(DeviceError):
    """The device does not answer or its wire is gone: reopen it later; staff look at cable and power."""


class DeviceRefused(DeviceError):
    """The device answered no; `status` is its code. The wire is fine: try again or tell the reader."""

    def __init__(self, port: str, command: str, detail: str, status: int | None = None) -> None:
        code = "" if status is None else f" (status {status:02X}h)"
        super().__init__(port, command, detail + code)
        self.status = status


class BadFrame(DeviceError):
    """What came back is not the protocol: line noise, a wrong speed or another model. Retry is safe."""
