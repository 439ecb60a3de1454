"""The running centre: the collector in a thread of its own, the web in the main one, and their common end."""

import gc
import logging
import signal
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn

from central.accounts.passwords import Hasher
from central.board import Board
from central.collector import AccessError, BrokerAccess, Collector
from central.config import Broker, Config
from central.dispatch import Dispatch, dispatched, registrar
from central.disputes import Disputes
from central.enrolment.authority import EnrolError
from central.feeder import Feeder
from central.gaps import GapWatch
from central.listening import Web
from central.office import Office, OfficeError
from central.outlook import Outlook
from central.places import Places, load_places
from central.reader_cards import ReaderCardError, ReaderCardKeys
from central.retention import Retention
from central.speech import Source, Speech
from central.store import Store, StoreError, opened
from central.store.lists import ListLog
from central.wanted import TokenKeys, WantedKeeper
from central.watch import Watch
from central.web.app import make_app
from central.web.front import first_start, make_shell
from central.web.shell import Shell

log = logging.getLogger(__name__)

PATIENCE_S = 2
SOCKET_MESSAGE_BYTES = 1024 * 1024
"""The longest message of a page's websocket; a browser sends clicks and typed words."""


class ServiceError(Exception):
    """Why the centre cannot run, and what to do."""


@dataclass(frozen=True)
class _Centre:
    """What the centre is made of: its databases and keys, and what works on them."""

    places: Places
    store: Store
    lists: ListLog
    office: Office
    cards: ReaderCardKeys
    dispatch: Dispatch
    collector: Collector
    retention: Retention
    watch: Watch

    def close(self) -> None:
        self.office.close()
        self.lists.close()
        self.store.close()


def serve(config: Config, now: Callable[[], datetime]) -> None:
    """Run until SIGTERM or SIGINT; prints one line when pages and REST answer. ServiceError."""
    try:
        centre = _opened(config, now)
    except (StoreError, AccessError, OfficeError, ReaderCardError, EnrolError) as error:
        raise ServiceError(str(error)) from error
    listener = _listen(config.web)
    shell = _shell(centre, config, now)
    if told := first_start(shell, now()):
        print(told, flush=True)
    over = threading.Event()
    beside = _Beside()
    beside.add("watch", centre.watch.run, centre.watch.stop)
    beside.add("retention", lambda: centre.retention.run(over), over.set)
    server = _Server(
        _uvicorn(make_app(shell, config.web.hosts), config.web),
        ready=f"centre ready: {'https' if config.web.tls else 'http'}://{_authority(listener)} "
        f"for {len(centre.places.place)} places, broker {config.broker.host}:{config.broker.port}",
        beside=beside,
    )
    # uvicorn raises the signal once more when it has ended: without handlers that would kill us unfinished.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    _run_together(server, listener, centre.collector, beside)
    centre.close()


def _opened(config: Config, now: Callable[[], datetime]) -> _Centre:
    """Opens the databases and makes the keys that are due; nothing runs yet."""
    places, zone = load_places(Path(config.places.file)), config.time_zone
    store = opened(config.store.url, zone)
    lists = ListLog(config.lists_path)
    office = Office(config.office_path)
    cards = ReaderCardKeys(config.cards_folder)
    cards.rotate(now())
    work = dispatched(office, store, places, registrar(config, office, store))
    wanted = WantedKeeper(office, store, places, zone, tokens=TokenKeys(config.tokens_folder), cards=cards)
    sources = _said_by_itself(work, wanted, Feeder(lists, store, now), GapWatch(store, now), now)
    collector = Collector(access(config.broker), store, now, Speech(sources))
    retention = Retention(store, config.store, zone, now, also=Disputes(store, office).tidy)
    watch = Watch(
        store,
        office,
        places=places,
        zone=zone,
        alerts=config.alerts,
        status=lambda: collector.status,
        now=now,
        outlook=Outlook(store, places, zone, _certificates(config)),
    )
    return _Centre(places, store, lists, office, cards, work, collector, retention, watch)


def _shell(centre: _Centre, config: Config, now: Callable[[], datetime]) -> Shell:
    tables = centre.watch.tables
    return make_shell(
        Board(centre.store, centre.places, config.time_zone, now, tables.windows),
        centre.office,
        config.web,
        lambda: centre.collector.status.working,
        Hasher(),
        work=lambda: centre.collector.work,
        cards=centre.cards,
        dispatch=centre.dispatch,
    )


def _said_by_itself(
    work: Dispatch, wanted: WantedKeeper, feeder: Feeder, gaps: GapWatch, now: Callable[[], datetime]
) -> dict[str, Source]:
    """What the collector asks after every batch and many times a second: each looks at its own clock."""
    sources: dict[str, Source] = {
        "lists": feeder.answers,
        "gaps": gaps.answers,
        "wanted": lambda kept: wanted.answers(kept, now()),
        "commands": lambda kept: work.commands.answers(kept, now()),
        "notices": lambda kept: work.notices.answers(now()),
    }
    if work.registrar is not None:
        sources["certificates"] = work.registrar.answers
    return sources


def _run_together(
    server: "_Server", listener: socket.socket, collector: Collector, beside: "_Beside"
) -> None:
    """If either ends, so does the other: a centre that shows but does not collect would be believed."""
    failure: list[BaseException] = []

    def collect() -> None:
        try:
            collector.run()
        except BaseException as error:
            log.exception("the collector stopped")
            failure.append(error)
            server.should_exit = True

    beside.add("collector", collect, collector.stop)
    try:
        server.run(sockets=[listener])
    finally:
        beside.end()
    if failure:
        raise ServiceError(f"the collector stopped: {failure[0]}; see the log, then start the centre again")


class _Beside:
    """The threads that run beside the web, from when it answers until it ends.

    Not before: NiceGUI walks over all objects of the process when it starts, and a tuple that another thread
    is just then building from a generator breaks (`SystemError: bad argument to internal function`).
    """

    def __init__(self) -> None:
        self._threads: list[tuple[threading.Thread, Callable[[], None]]] = []

    def add(self, name: str, run: Callable[[], None], stop: Callable[[], None]) -> None:
        self._threads.append((threading.Thread(target=run, name=name), stop))

    def begin(self) -> None:
        for thread, _ in self._threads:
            thread.start()

    def end(self) -> None:
        begun = [(thread, stop) for thread, stop in self._threads if thread.ident is not None]
        for _, stop in begun:
            stop()
        for thread, _ in begun:
            thread.join()


def settle() -> None:
    """What is there by now stays: no page needs to wait while the objects of all modules are looked through
    for garbage (70 ms)."""
    gc.collect()
    gc.freeze()


class _Server(uvicorn.Server):
    """Begins what runs beside it and says so when it answers."""

    def __init__(self, config: uvicorn.Config, ready: str, beside: _Beside) -> None:
        super().__init__(config)
        self._ready = ready
        self._beside = beside

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.should_exit:
            return
        settle()
        self._beside.begin()
        print(self._ready, flush=True)


def _uvicorn(app: Any, web: Web) -> uvicorn.Config:
    """What a proxy says of its clients is believed only where there is one: lock-outs go by address."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        timeout_graceful_shutdown=PATIENCE_S,
        server_header=False,
        ws_max_size=SOCKET_MESSAGE_BYTES,
        proxy_headers=web.behind_proxy,
        forwarded_allow_ips=list(web.proxies),
        ssl_certfile=web.cert or None,
        ssl_keyfile=web.key or None,
    )
    try:
        config.load()
    except (ssl.SSLError, OSError) as error:
        raise ServiceError(
            f"web.cert {web.cert} and web.key {web.key} cannot be used: {error}; expected a PEM certificate "
            "with its chain and its key"
        ) from error
    return config


def _listen(web: Web) -> socket.socket:
    family = socket.AF_INET6 if ":" in web.listen else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((web.listen, web.port))
    except OSError as error:
        listener.close()
        raise ServiceError(
            f"port {web.port} of {web.listen} cannot be used: {error.strerror}; choose another as web.port"
        ) from error
    return listener


def _authority(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _certificates(config: Config) -> dict[str, Path]:
    """Those whose end we can foretell, by the keys of the configuration."""
    files = {"broker.ca": config.broker.ca, "broker.cert": config.broker.cert, "web.cert": config.web.cert}
    if config.enrolment:
        # the broker's own, where it was issued: nobody else looks at it
        files["broker"] = str(Path(config.enrolment.ca) / "broker.crt")
    return {name: Path(file) for name, file in files.items() if file and Path(file).is_file()}


def access(broker: Broker) -> BrokerAccess:
    return BrokerAccess(
        host=broker.host,
        port=broker.port,
        ca=Path(broker.ca),
        certificate=Path(broker.cert),
        key=Path(broker.key),
        client_id=broker.client_id,
        share=broker.share,
    )
