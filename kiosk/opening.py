"""Opens whatever unit of a device's kind is plugged in where it belongs.

Normally the model that was there last. When that does not answer, another model of the same kind may have
been plugged in instead: each is asked in turn until one answers. Who it is now is told by its `info`.
"""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from devices import registry
from devices.errors import DeviceError, DeviceLost
from devices.kinds import Device

log = logging.getLogger(__name__)

PATIENCE = 3
"""Times in a row that the usual model may fail before another is tried: one that restarts is no other."""


class Opener:
    """Called by its device's worker only; `look_again` by any thread."""

    def __init__(
        self,
        model: str,
        options: Mapping[str, Any],
        where: Callable[[], str | None],
        *,
        last: str | None = None,
        address: str = "",
    ) -> None:
        """`model` and its driver's `options` are the configured ones, `last` the model that answered last;
        `where` tells the path it is at now; `address` says in words where it was looked for."""
        self._configured, self._options = model, dict(options)
        self._where, self._address = where, address
        kind = registry.MODELS[model].kind
        # one that never answers cannot be told from silence: it is never guessed
        others = [name for name, entry in registry.MODELS.items() if entry.kind is kind and entry.answers]
        self._models = [model, *(name for name in others if name != model)]
        self._usual = last if last in self._models else model
        self._failures = 0
        self._next = 0
        self._eager = False

    def look_again(self) -> None:
        """Something was plugged in there: it may be anything."""
        self._eager = True

    def __call__(self) -> Device:
        """DeviceError when nothing of this kind answers."""
        path = self._where()
        if path is None:
            raise DeviceLost(self._address, "find", "not plugged in, or not to be told from its neighbours")
        try:
            device = self._open(self._usual, path)
        except DeviceError:
            self._failures += 1
            other = self._another(path) if Path(path).exists() else None
            if other is None:
                raise
            device = other
        self._failures, self._eager = 0, False
        return device

    def _another(self, path: str) -> Device | None:
        """At once after something was plugged in, else one model at a time."""
        others = [name for name in self._models if name != self._usual]
        if not others or not (self._eager or self._failures >= PATIENCE):
            return None
        turn = [others[self._next % len(others)]]
        asked, self._next = (others if self._eager else turn), self._next + 1
        self._eager = False
        for model in asked:
            try:
                device = self._open(model, path)
            except DeviceError:
                continue
            log.warning("%s: a %s answers where a %s was", path, model, self._usual)
            self._usual = model
            return device
        return None

    def _open(self, model: str, path: str) -> Device:
        """With an answer to show for it. Options are the configured model's own."""
        options = self._options if model == self._configured else {}
        device = registry.open_device(model, path, **options)
        ask = registry.MODELS[model].answers
        if ask is not None and model != self._usual:
            try:
                ask(device)
            except DeviceError:
                device.close()
                raise
        return device
