"""The composition root: the queue of events, the performing of effects, the threads.

The control thread takes one event at a time, asks `step` what it means, performs the effects in order and
shows the view. A journal step that cannot be made durable ends the turn before anything else is done.
"""

import logging
import queue
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from broker_config.lists import Lists
from broker_config.status import Health, State
from broker_config.topics import Identity
from devices.kinds import Kind
from kiosk import clock, condition, reader_code, texts
from kiosk.broker_access import BrokerSettings
from kiosk.certificates import Certificates
from kiosk.commands import CentreSays
from kiosk.config import Config, broker_settings
from kiosk.fleet import Fleet
from kiosk.flow import effects as fx
from kiosk.flow import power
from kiosk.flow.alarm_values import Watch
from kiosk.flow.events import Broken, Event, Recovered, Tick
from kiosk.flow.session import Session, Stage
from kiosk.flow.step import step
from kiosk.hearing import Ears
from kiosk.ils import IlsWorker
from kiosk.journal import Journal, JournalError
from kiosk.kept import KeptFile
from kiosk.log_ring import LogRing
from kiosk.lookups import find_item, find_reader, open_copy
from kiosk.mains import Mains
from kiosk.printing import Printing
from kiosk.receipts.papers import Papers
from kiosk.recording import Durable, record
from kiosk.remote_acts import RemoteActs
from kiosk.screen import Window
from kiosk.sip2.client import Sip2Client
from kiosk.thread_names import show_thread_names
from kiosk.uplink import Uplink
from kiosk.view import view
from kiosk.view_data import ViewData
from kiosk.watchdog import Notifier, Watchdog
from kiosk.whereabouts import whereabouts

log = logging.getLogger(__name__)

TICK_S = 0.2
RESTING_TICK_S = 1.0
"""While nobody is there. An event never meets a time older than TICK_S all the same."""
BOARD_S = 60.0
SCREEN_STANDS_S = 10.0
WORKER_STANDS_S = 60.0
"""Without a sign of life for so long it hangs: opening one device after the other may take a while."""
RESTART_AFTER_S = 10.0
"""How long a kiosk that is out of service by a fault shows it before the service manager starts it again."""


class Kiosk:
    """Everything but the window, which Kivy wants in the main thread."""

    def __init__(
        self,
        config: Config,
        notifier: Notifier | None = None,
        log_ring: LogRing | None = None,
        mains: Mains | None = None,
    ) -> None:
        """Opens the journal (JournalError) and the copy of the lists (CopyError), nothing else. `notifier`:
        the service manager's, where one watches; `log_ring` keeps what was logged last; `mains`: where a UPS
        tells of it."""
        self._texts = texts.load()
        self._queue: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._journal = Journal(Path(config.journal.path), Path(config.journal.key), config.journal.keep_days)
        self._kept = KeptFile(Path(config.journal.path).with_name("kept.json"))
        self._centre = CentreSays(config, self._journal, self.post)
        self._config = config = self._centre.config
        self._remote = RemoteActs(self._centre.answer, lambda: self._shown, log_ring)
        self._restarting = False
        self._mains = mains
        self.shuts_down = False
        """Ended because the battery will: the board is to be shut down."""
        self._session = self._first_session(watched=notifier is not None)
        self._window: Window | None = None
        self._shown: ViewData | None = None
        self._ils = IlsWorker(Sip2Client(config.server), self.post)
        self._fleet = Fleet(config, self._kept.now.bindings, self.post, lambda: self._session.attended)
        self._copy = open_copy(config)
        self._printing = Printing(
            Papers(config.receipt_templates, config.receipt.account_url),
            partial(self._fleet.put, Kind.RECEIPT_PRINTER),
            self.post,
            lambda: self._session,
        )
        broker = broker_settings(config)
        self._certificates = Certificates(
            config.identity, broker.ca, broker.certificate, broker.key, Path(config.journal.path).parent
        )
        self._uplink = self._made_uplink(config.identity, broker)
        self._control = threading.Thread(target=self._run, name="control", daemon=True)
        self._beat_s = clock.monotonic_s()
        self._broken_at_s: float | None = None
        self._board_at_s = -BOARD_S
        self._notifier = notifier
        self._watchdog = Watchdog(notifier, self._ailing) if notifier else None
        self._perform = self._performers()

    def _first_session(self, watched: bool) -> Session:
        """As journal and kept file left it; what was cut short comes as an event (`Recovered`)."""
        return Session(
            rules=self._config.rules,
            next_op=self._journal.next_op(),
            now_s=clock.monotonic_s(),
            local=clock.now().utc.astimezone(),
            bindings=self._kept.now.bindings,
            closed=self._kept.now.closed,
            closure=self._kept.now.closure,
            notices=self._centre.announcements().notices,
            watched=watched,
            watch=Watch(raised=self._journal.alarms()),
        )

    def _made_uplink(self, identity: Identity, broker: BrokerSettings) -> Uplink:
        ears = Ears(
            lists=self._take_lists,
            wanted=self._centre.wanted,
            command=self._centre.command,
            notices=self._centre.notices,
            audiences=self._centre.audiences,
        )
        return Uplink(
            identity,
            broker,
            self._journal,
            self._state,
            self._health,
            ears=ears,
            certificates=self._certificates,
        )

    def post(self, event: Event) -> None:
        """Put an event on the queue; from any thread."""
        self._queue.put(event)

    def first_view(self) -> ViewData:
        return view(self._session, self._texts)

    def start(self, window: Window) -> None:
        self._window = window
        self.post(Recovered(self._journal.unfinished(), self._journal.repairs()))
        self._control.start()
        self._ils.start()
        self._fleet.start()
        self._uplink.start()
        if self._watchdog:
            self._watchdog.start()
        show_thread_names()

    @property
    def failed(self) -> bool:
        """Out of service by a fault of its own, or told to start again: only a new start helps."""
        return self._broken_at_s is not None or self._restarting

    def _ailing(self) -> str | None:
        """What stands still; None while the screen's loop, the control thread and every worker live."""
        if self._window and self._window.heartbeat_age_s() > SCREEN_STANDS_S:
            return "screen"
        beats = {"control": (self._control.is_alive(), self._beat_s)}
        beats["ils"] = self._ils.is_alive(), self._ils.beat_s
        beats |= {name: (worker.is_alive(), worker.beat_s) for name, worker in self._fleet.workers.items()}
        since_s = clock.monotonic_s() - WORKER_STANDS_S
        return next((name for name, (lives, beat_s) in beats.items() if not lives or beat_s < since_s), None)

    def stop(self) -> None:
        """Ends every thread; operations under way stay in the journal and are settled at the next start."""
        if self._watchdog:
            self._watchdog.stop()
        self._fleet.stop()
        self._ils.stop()
        self._queue.put(None)
        if self._control.is_alive():
            self._control.join(timeout=5.0)
        self._uplink.stop()
        self._fleet.join(timeout_s=2.0)
        if self._ils.is_alive():
            self._ils.join(timeout=2.0)
        self._copy.close()
        self._journal.close()

    # -- the control thread ------------------------------------------------------------------------------

    def _run(self) -> None:
        ticked_s = self._tick()
        while True:
            next_tick_s = ticked_s + (TICK_S if self._session.attended else RESTING_TICK_S)
            try:
                event = self._queue.get(timeout=max(0.0, next_tick_s - clock.monotonic_s()))
            except queue.Empty:
                ticked_s = self._tick()
                continue
            if event is None:
                return
            if clock.monotonic_s() - ticked_s >= TICK_S:
                ticked_s = self._tick()
            self._turn(event)

    def _tick(self) -> float:
        """Tell the session what time it is, and look after what only time shows; returns that time."""
        now_s = self._beat_s = clock.monotonic_s()
        self._turn(Tick(now_s, clock.now().utc.astimezone()))
        self._guarded("Look", partial(self._look_around, now_s))
        return now_s

    def _look_around(self, now_s: float) -> None:
        self._look_at_screen()
        self._look_at_board(now_s)
        self._look_at_mains(now_s)
        self._leave_if_broken(now_s)

    def _look_at_screen(self) -> None:
        """A reader who sees nothing must not be served: what is under way is settled by the next start."""
        failure = self._window.failure if self._window else None
        if failure is not None and self._session.stage is not Stage.OUT_OF_SERVICE:
            self._turn(Broken(f"screen: {failure}"))

    def _look_at_board(self, now_s: float) -> None:
        if now_s - self._board_at_s >= BOARD_S:
            self._board_at_s = now_s
            self._turn(condition.board(self._journal, self._certificates.certificate))

    def _look_at_mains(self, now_s: float) -> None:
        news = self._mains.look(now_s) if self._mains else None
        if news is not None:
            self._turn(news)

    def _leave_if_broken(self, now_s: float) -> None:
        """The service manager starts it again, which settles what was under way; without one it stays as it
        is until somebody comes."""
        if not power.is_to_start_again(self._session):
            return
        self._broken_at_s = self._broken_at_s or now_s
        if self._notifier and self._window and now_s - self._broken_at_s >= RESTART_AFTER_S:
            log.error("ending, to be started again")
            self._window.stop()

    def _turn(self, event: Event) -> None:
        self._guarded(type(event).__name__, partial(self._take, event))

    def _take(self, event: Event) -> None:
        self._session, effects = step(self._session, event)
        self._do(effects)
        self._show()

    def _guarded(self, what: str, act: Callable[[], None]) -> None:
        try:
            act()
        except JournalError as error:
            self._close(str(error))
        except Exception as error:
            # nobody foresaw it: a closed kiosk is better than a screen that nothing moves any more
            self._close(f"{what}: {whereabouts(error)}")

    def _do(self, effects: tuple[fx.Effect, ...]) -> None:
        """What a turn makes durable goes to the disk as one commit; only then does any act begin."""
        durable = [effect for effect in effects if isinstance(effect, Durable)]
        if durable:
            record(self._journal, durable, self._session.local, self._config.opening_hours)
        for effect in effects:
            if not isinstance(effect, Durable):
                self._perform[type(effect)](effect)

    def _close(self, reason: str) -> None:
        """Out of service, until the next start settles what is under way."""
        if self._session.stage is not Stage.OUT_OF_SERVICE:
            log.error("out of service: %s", reason)
        self._session, _ = step(self._session, Broken(reason))
        self._uplink.publish_state()
        self._show()

    def _show(self) -> None:
        now = view(self._session, self._texts)
        if now != self._shown and self._window is not None:
            self._shown = now
            self._window.show(now)

    # -- effects -----------------------------------------------------------------------------------------

    def _performers(self) -> dict[type, Callable[[Any], None]]:
        pad = partial(self._fleet.put, Kind.TAG_READER)
        return {
            fx.PublishState: lambda effect: self._uplink.publish_state(),
            fx.NoteForStaff: lambda effect: log.warning("%s", effect.words),
            fx.CheckReaderCode: self._check_reader_code,
            fx.AskReader: self._ils.put,
            fx.AskItem: self._ils.put,
            fx.LookUpReader: self._look_up_reader,
            fx.LookUpItem: lambda effect: self.post(find_item(self._copy, effect.item_id)),
            fx.SendCheckout: self._ils.put,
            fx.SendRenew: self._ils.put,
            fx.SendCheckin: self._ils.put,
            fx.AskAccount: self._ils.put,
            fx.AskTruth: self._ils.put,
            fx.EndIlsSession: self._ils.put,
            fx.WriteAfi: pad,
            fx.ReadAfi: pad,
            fx.PrintReceipt: self._printing.receipt,
            fx.PrintAccount: self._printing.account,
            fx.ComposeReceipt: self._printing.compose,
            fx.PrintSlip: self._printing.slip,
            fx.PrintTestPage: self._printing.test_page,
            fx.Identify: lambda effect: self._fleet.identify(effect.name),
            fx.Bind: lambda effect: self._kept.bind(effect.name, effect.binding),
            fx.KeepClosed: lambda effect: self._kept.close(effect.closed, effect.closure),
            fx.Answer: self._centre.answer,
            fx.RestartKiosk: lambda effect: self._restart(),
            fx.ShutDown: lambda effect: self._shut_down(),
            fx.SendLogs: self._remote.send_logs,
            fx.SendScreenshot: self._send_screenshot,
            fx.UpdateLists: lambda effect: self._uplink.connect_again(),
            fx.TakeUpSettings: self._take_up_settings,
        }

    def _check_reader_code(self, effect: fx.CheckReaderCode) -> None:
        skew_s = self._config.cards.clock_skew_s
        self.post(reader_code.check(effect.code, self._journal, clock.now(), skew_s))

    def _look_up_reader(self, effect: fx.LookUpReader) -> None:
        self.post(find_reader(self._copy, effect.credential, self._session.local.date()))

    def _shut_down(self) -> None:
        """The window first; whoever runs it stops the kiosk and then the board."""
        self.shuts_down = True
        if self._window:
            self._window.stop()

    # -- what the centre orders --------------------------------------------------------------------------

    def _restart(self) -> None:
        self._restarting = True
        if self._window:
            self._window.stop()

    def _send_screenshot(self, effect: fx.SendScreenshot) -> None:
        assert self._window is not None, "orders are carried out on a running kiosk"
        self._remote.send_screenshot(effect, self._window.take_picture)

    def _take_lists(self, lists: Lists) -> None:
        """Into whichever copy there is: another policy means another one."""
        self._copy.apply(lists)

    def _take_up_settings(self, effect: fx.TakeUpSettings) -> None:
        before, self._config = self._config, self._centre.take_up(effect.version)
        if self._config.offline != before.offline:
            self._copy.close()
            self._copy = open_copy(self._config)
        self._uplink.publish_state()

    # -- what the centre is told of the kiosk itself -----------------------------------------------------

    def _state(self, connection: int, online: bool) -> State:
        if not online:
            return condition.gone(connection)
        return condition.state(
            self._session,
            connection,
            self._config.digest,
            self._copy.positions(),
            self._fleet.tallies(),
            wanted_version=self._centre.version,
        )

    def _health(self, connection: int) -> Health:
        return condition.health(
            self._session,
            connection,
            tallies=self._fleet.tallies(),
            folder=Path(self._config.journal.path).parent,
            outbox_depth=self._journal.outbox_depth(),
            newest_seq=self._journal.newest_seq(),
            ui_stall_ms=self._window.take_stall_ms() if self._window else None,
            round_trip_s=self._ils.round_trip_s,
        )
