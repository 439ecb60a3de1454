"""The running centre: the collector in a thread of its own, the web in the main one, and their common end."""

import logging
import signal
import socket
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import uvicorn

from central.board import Board
from central.collector import AccessError, BrokerAccess, Collector
from central.config import Broker, Config
from central.feeder import Feeder
from central.places import load_places
from central.store import StoreError
from central.store.lists import ListLog
from central.store.sqlite import SqliteStore
from central.web.app import make_app

log = logging.getLogger(__name__)

LISTEN_ON = "127.0.0.1"
"""There are no accounts yet: never anything but loopback."""
PATIENCE_S = 2


class ServiceError(Exception):
    """Why the centre cannot run, and what to do."""


def serve(config: Config, now: Callable[[], datetime]) -> None:
    """Run until SIGTERM or SIGINT; prints one line when pages and REST answer."""
    places = load_places(Path(config.places.file))
    try:
        store = SqliteStore(Path(config.store.path))
        lists = ListLog(config.lists_path)
        feeder = Feeder(lists, store, now)
        collector = Collector(_access(config.broker), store, now, feeder.answers)
    except (StoreError, AccessError) as error:
        raise ServiceError(str(error)) from error
    listener = _listen(config.web.port)
    board = Board(store, places, config.time_zone, now)
    app = make_app(board, lambda: collector.status.working, config.web.hosts)
    server = _Server(
        uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=PATIENCE_S, server_header=False),
        ready=f"centre ready: http://{LISTEN_ON}:{listener.getsockname()[1]} "
        f"for {len(places.place)} places, broker {config.broker.host}:{config.broker.port}",
    )
    # uvicorn raises the signal once more when it has ended: without handlers that would kill us unfinished.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    _run_together(server, listener, collector)
    lists.close()
    store.close()


def _run_together(server: "_Server", listener: socket.socket, collector: Collector) -> None:
    """If either ends, so does the other: a centre that shows but does not collect would be believed."""
    failure: list[BaseException] = []

    def collect() -> None:
        try:
            collector.run()
        except BaseException as error:
            log.exception("the collector stopped")
            failure.append(error)
            server.should_exit = True

    thread = threading.Thread(target=collect, name="collector")
    thread.start()
    try:
        server.run(sockets=[listener])
    finally:
        collector.stop()
        thread.join()
    if failure:
        raise ServiceError(f"the collector stopped: {failure[0]}; see the log, then start the centre again")


class _Server(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, config: uvicorn.Config, ready: str) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(self._ready, flush=True)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LISTEN_ON, port))
    except OSError as error:
        listener.close()
        raise ServiceError(
            f"port {port} of {LISTEN_ON} cannot be used: {error.strerror}; choose another as web.port"
        ) from error
    return listener


def _access(broker: Broker) -> BrokerAccess:
    return BrokerAccess(
        host=broker.host,
        port=broker.port,
        ca=Path(broker.ca),
        certificate=Path(broker.cert),
        key=Path(broker.key),
        client_id=broker.client_id,
    )
