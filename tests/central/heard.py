"""Messages as the centre hears them, short to write: a kiosk that counts its own events."""

from datetime import UTC, datetime, timedelta

from broker_config.events import Event, Loan, Return, Visits
from broker_config.messages import Message, publication
from broker_config.status import DeviceState, Health, State
from broker_config.topics import Identity
from broker_config.values import Condition, Service, hour, timestamp
from central.intake import Heard, understand

NOW = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
"""11:04 in the library's time zone."""
DOOR = DeviceState(kind="door_counter", model="modbus_counter", port="/dev/c0", condition=Condition.OK)
READER = DeviceState(
    kind="tag_reader", model="feig_obid", port="/dev/pad0", serial="FE1", condition=Condition.OK
)


def device(condition: Condition, reason: str = "") -> DeviceState:
    return DeviceState(
        kind="receipt_printer", model="escpos", port="/dev/p0", condition=condition, reason=reason
    )


class Kiosk:
    def __init__(self, identity: str = "mz-taiping-03.kiosk-1", install_id: str = "i-1") -> None:
        self.identity = Identity.parse(identity)
        self.install_id = install_id
        self.seq = 0

    def says(self, message: Message, at: datetime = NOW, retained: bool = False) -> Heard:
        sent = publication(self.identity, message)
        return understand(sent.topic, sent.payload, at, retained)

    def birth(self, at: datetime = NOW, session: int = 1, retained: bool = False, **more: object) -> Heard:
        values = {"devices": (READER, DOOR), "software": "0.1.0", "service": Service.OPEN} | more
        return self.says(self.state(at, session, online=True, **values), at, retained)

    def death(self, at: datetime = NOW, session: int = 1, retained: bool = False) -> Heard:
        return self.says(self.state(at, session, online=False), at, retained)

    @staticmethod
    def state(at: datetime, session: int, online: bool, **more: object) -> State:
        return State(at=timestamp(at), clock_synced=True, session=session, online=online, **more)  # type: ignore[arg-type]

    def heartbeat(self, at: datetime = NOW, session: int = 1, **more: object) -> Heard:
        values = {"devices": (READER, DOOR), "ils_up": True, "clock_synced": True} | more
        return self.says(Health(at=timestamp(at), session=session, **values), at)  # type: ignore[arg-type]

    def loan(self, at: datetime = NOW, synced: bool = True, seq: int | None = None) -> Heard:
        return self.says(Loan(op_id="op", **self._envelope(at, synced, seq)))

    def give_back(self, at: datetime = NOW) -> Heard:
        return self.says(Return(op_id="op", **self._envelope(at)))

    def visits(self, entries: int, at: datetime = NOW, complete: bool = True) -> Heard:
        return self.says(
            Visits(
                hour=hour(at), entries=entries, count_type="entries", complete=complete, **self._envelope(at)
            )
        )

    def event(self, cls: type[Event], at: datetime = NOW, **values: object) -> Heard:
        return self.says(cls(**self._envelope(at), **values))  # type: ignore[arg-type]

    def _envelope(self, at: datetime, synced: bool = True, seq: int | None = None) -> dict[str, object]:
        self.seq = seq if seq is not None else self.seq + 1
        return {
            "install_id": self.install_id,
            "seq": self.seq,
            "at": timestamp(at),
            "clock_synced": synced,
        }


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)
