"""One thread per device: opens it, does its job, tells what happened, opens it again when it is lost.

A worker only ever puts events on the queue. What a kind of device does all day is its job (`kiosk.jobs`);
opening and reopening are the same for all.
"""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from devices.errors import DeviceError, DeviceLost, DeviceRefused
from devices.kinds import DeviceInfo, Identifiable, Kind
from kiosk.clock import monotonic_s, now
from kiosk.flow.events import (
    DeviceDown,
    DeviceUp,
)
from kiosk.jobs import JOBS, Command, Job, Post, failure
from kiosk.tally import Tally, Watched
from kiosk.whereabouts import whereabouts

log = logging.getLogger(__name__)

REOPEN_S = 1.0
POLL_AT_LEAST_S = 1.5
"""However many commands there are: what comes to the pad or leaves it must be noticed."""


class DeviceWorker(threading.Thread):
    """Runs until `stop`; `put` hands it a command, which is always answered by an event."""

    def __init__(
        self,
        kind: Kind,
        model: str,
        port: str,
        open_device: Callable[[], Any],
        post: Post,
        *,
        make_job: Callable[[Any], "Job"] | None = None,
        device_name: str = "",
        usb_serial: Callable[[str], str | None] = lambda path: None,
        plug: Callable[[str], object] = lambda path: None,
    ) -> None:
        """`make_job` where this kind's usual one will not do; `device_name` as the configuration calls it,
        its kind unless said otherwise; `usb_serial` tells the number of a path's adapter, for devices that do
        not tell their own; `plug` tells one plugging-in at a path from the next."""
        self.device_name = device_name or kind.value
        self.tally = Tally()
        self._plug_moved, self._to_identify = threading.Event(), threading.Event()
        super().__init__(name=f"device {self.device_name}", daemon=True)
        self.kind = kind
        self._model, self._port = model, port
        self._make_job = make_job or JOBS[kind]
        self._open, self._post = open_device, post
        self._usb_serial, self._plug = usb_serial, plug
        self._commands: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._told = ""
        self.beat_s = monotonic_s()
        """When the worker last showed that it is alive."""

    def put(self, command: Command) -> None:
        self._commands.put(command)

    def stop(self) -> None:
        self._stopping.set()
        self._commands.put(None)

    def plug_moved(self) -> None:
        """Look sooner than the wire would tell: an open device whose plug was pulled is lost, and what was
        plugged in is opened at once."""
        self._plug_moved.set()
        self._commands.put(None)

    def identify(self) -> None:
        """Let the device show itself, if it is there and can."""
        self._to_identify.set()
        self._commands.put(None)

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                device = self._open()
                try:
                    self._serve(Watched(device, self.tally, lambda: now().utc))
                finally:
                    device.close()
            except DeviceError as error:
                self._away(str(error))
            except Exception as error:
                # a driver's fault must not silence its device for ever: staff see it, and it is reopened
                self._away(f"{self._port}: {self._model}: driver failed: {whereabouts(error)}")

    def _serve(self, device: Any) -> None:
        self._told = ""
        info: DeviceInfo = device.info
        if info.serial is None:
            info = replace(info, serial=self._usb_serial(info.port))
        self._model, self._port = info.model, info.port
        log.info("%s: %s opened", self._port, self._model)
        self._post(DeviceUp(info, self.device_name, isinstance(device, Identifiable)))
        try:
            self._work(device)
        except DeviceError:
            self.tally.losses += 1
            raise

    def _work(self, device: Any) -> None:
        job = self._make_job(device)
        plugged_in = self._plug(self._port)
        while not self._stopping.is_set():
            self.beat_s = monotonic_s()
            if self._taken(self._plug_moved) and self._plug(self._port) != plugged_in:
                raise DeviceLost(self._port, "watch", "unplugged")
            if self._taken(self._to_identify) and isinstance(device, Identifiable):
                device.identify()
            job.poll(self._post)
            self._commands_for(job.pause_s, lambda command: job.do(command, self._post), job.linger_s)

    @staticmethod
    def _taken(wish: threading.Event) -> bool:
        """Whether it was set; it is not any more."""
        was = wish.is_set()
        wish.clear()
        return was

    def _away(self, reason: str) -> None:
        """Say so, and answer commands with failure until it is time to try again."""
        if reason != self._told:
            self._told = reason
            log.warning("%s", reason)
        self._post(DeviceDown(self.kind, self._model, self._port, reason, self.device_name))
        self.beat_s = monotonic_s()
        self._commands_for(REOPEN_S, lambda command: self._post(failure(command, "device is away")))

    def _commands_for(self, seconds: float, do: Callable[[Command], None], linger_s: float = 0.0) -> None:
        """Take commands for this long, and while one follows the other within `linger_s`, but not for ever;
        each may take longer."""
        began_s = monotonic_s()
        end_s = began_s + seconds
        while not self._stopping.is_set():
            left_s = end_s - monotonic_s()
            try:
                command = self._commands.get(timeout=left_s) if left_s > 0 else self._commands.get_nowait()
            except queue.Empty:
                return
            if command is None:
                return
            if self._attempt(command, do):
                end_s = max(end_s, min(monotonic_s() + linger_s, began_s + POLL_AT_LEAST_S))

    def _attempt(self, command: Command, do: Callable[[Command], None]) -> bool:
        """Whether it was done. What was refused may have left the pad: time to look."""
        try:
            do(command)
        except DeviceRefused as error:
            self._post(failure(command, str(error)))
            return False
        except Exception as error:
            # whatever it was, somebody waits for the answer
            reason = str(error) if isinstance(error, DeviceError) else whereabouts(error)
            self._post(failure(command, reason))
            raise
        return True
