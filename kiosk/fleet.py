"""Every device of a kiosk together: a worker for each, and the watch over their plugs.

What the devices tell goes on the queue; this only makes, starts and stops the threads, and finds the one that
a command is for.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from devices import hotplug, registry
from devices.kinds import Kind
from kiosk.config import Config
from kiosk.config_tables import DeviceLine
from kiosk.flow.staff_values import Binding
from kiosk.jobs import CardJob, Command, Job, PadJob, Post
from kiosk.opening import Opener
from kiosk.pace import Attended
from kiosk.plugs import PlugWatch, Sockets, bell
from kiosk.tally import Tally
from kiosk.workers import DeviceWorker


class Fleet:
    def __init__(
        self, config: Config, bindings: Mapping[str, Binding], post: Post, attended: Attended
    ) -> None:
        """Opens nothing yet. `bindings`: which unit each device was last. `attended` is asked from the
        workers' threads."""
        self._config, self._bindings, self._post, self._attended = config, bindings, post, attended
        addresses = {device.name: device.address for device in config.device}
        self._sockets = Sockets(addresses, hotplug.serial_ports, hotplug.token)
        self._plugs = PlugWatch(self._sockets, bell(), post, self._plug_moved)
        self._openers = {device.name: self._opener(device) for device in config.device}
        self.workers = {device.name: self._worker(device) for device in config.device}

    def start(self) -> None:
        """Nothing is looked for before it is known where."""
        self._plugs.look(0.0, rang=True)
        for worker in self.workers.values():
            worker.start()
        self._plugs.start()

    def stop(self) -> None:
        """Returns at once; `join` waits."""
        for worker in self.workers.values():
            worker.stop()
        self._plugs.stop()

    def join(self, timeout_s: float) -> None:
        """At most so long for each."""
        for thread in (*self.workers.values(), self._plugs):
            if thread.is_alive():
                thread.join(timeout_s)

    def put(self, kind: Kind, command: Command) -> None:
        """To the one device of a kind of which there is only one."""
        next(worker for worker in self.workers.values() if worker.kind is kind).put(command)

    def identify(self, name: str) -> None:
        self.workers[name].identify()

    def tallies(self) -> dict[str, Tally]:
        return {name: worker.tally for name, worker in self.workers.items()}

    def _plug_moved(self, name: str) -> None:
        self._openers[name].look_again()
        self.workers[name].plug_moved()

    def _opener(self, device: DeviceLine) -> Opener:
        bound = self._bindings.get(device.name)
        return Opener(
            device.model,
            device.arguments,
            partial(self._sockets.path, device.name),
            last=bound.model if bound else None,
            address=str(device.address),
        )

    def _worker(self, device: DeviceLine) -> DeviceWorker:
        kind = registry.MODELS[device.model].kind
        return DeviceWorker(
            kind,
            device.model,
            str(device.address),
            self._openers[device.name],
            self._post,
            make_job=self._job_maker(kind),
            device_name=device.name,
            usb_serial=hotplug.usb_serial,
            plug=hotplug.token,
        )

    def _job_maker(self, kind: Kind) -> Callable[[Any], Job] | None:
        """Where this place's configuration has a say in what a kind of device does; None elsewhere."""
        makers: dict[Kind, Callable[[Any], Job]] = {
            Kind.TAG_READER: partial(PadJob, models=self._config.tag_models, attended=self._attended),
            Kind.CARD_READER: partial(
                CardJob, wanted=self._config.cards.rules.wanted, attended=self._attended
            ),
        }
        return makers.get(kind)
