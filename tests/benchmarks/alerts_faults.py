"""What goes wrong at the kiosks of `alerts.py`: how each fault is told, and how it ends."""

from collections.abc import Callable
from dataclasses import dataclass

from broker_config.values import Condition
from devices.kinds import PrinterTrouble
from tests.benchmarks.alerts_scene import SimulatedKiosk

Act = Callable[[SimulatedKiosk], None]


@dataclass(frozen=True)
class Fault:
    """What is told, and how it ends. `on_board`: it makes its place look different among all places."""

    rule: str
    begin: Act
    end: Act
    on_board: bool = True


def _device(rule: str, kind: str, condition: Condition, reason: str) -> Fault:
    def begin(kiosk: SimulatedKiosk) -> None:
        kiosk.troubles[kind] = (condition, reason)
        kiosk.says_state()

    def end(kiosk: SimulatedKiosk) -> None:
        del kiosk.troubles[kind]
        kiosk.says_state()

    return Fault(rule, begin, end)


def _figure(rule: str, name: str, value: object) -> Fault:
    def begin(kiosk: SimulatedKiosk) -> None:
        kiosk.figures[name] = value
        kiosk.says_health()

    def end(kiosk: SimulatedKiosk) -> None:
        del kiosk.figures[name]
        kiosk.says_health()

    return Fault(rule, begin, end)


def _alarm(name: str, reason: str) -> Fault:
    return Fault(
        name,
        lambda kiosk: kiosk.alarm(name, reason, raised=True),
        lambda kiosk: kiosk.alarm(name, "", raised=False),
        on_board=False,
    )


def _closed() -> Fault:
    def tell(kiosk: SimulatedKiosk, reason: str) -> None:
        kiosk.closed = reason
        kiosk.says_state()

    return Fault("out_of_service", lambda kiosk: tell(kiosk, "换锁"), lambda kiosk: tell(kiosk, ""))


def _loss(rule: str, begin: Act) -> Fault:
    return Fault(rule, begin, SimulatedKiosk.connects)


FAULTS = (
    _device("paper_out", "receipt_printer", Condition.DEGRADED, PrinterTrouble.PAPER_OUT.value),
    _device("paper_low", "receipt_printer", Condition.DEGRADED, PrinterTrouble.NEAR_END.value),
    _device("printer_cannot_print", "receipt_printer", Condition.DEGRADED, PrinterTrouble.COVER_OPEN.value),
    _device("printer_down", "receipt_printer", Condition.DOWN, "/dev/receipt_printer: watch: unplugged"),
    _device("tag_reader_down", "tag_reader", Condition.DOWN, "/dev/tag_reader: watch: unplugged"),
    _device("device_down", "scanner", Condition.DOWN, "/dev/scanner: watch: unplugged"),
    _device("door_counter_silent", "door_counter", Condition.DOWN, "/dev/door_counter: watch: unplugged"),
    _figure("ils_unreachable", "ils_up", False),
    _figure("disk_low", "disk_free_mb", 120.0),
    _alarm("disk_full", "no room for a new operation: nothing can be borrowed or returned"),
    _alarm("certificate_expiring", "it ends on 2026-12-01"),
    _closed(),
)
DEATH = _loss("kiosk_offline", SimulatedKiosk.dies)
FREEZE = _loss("kiosk_silent", SimulatedKiosk.freezes)
