"""`python -m central store rebuild`, `backup`, `restore` and `collect`: the store's commands."""

import argparse
import logging
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from broker_config.toml import ConfigError
from central import config as configuration
from central.backup import back_up, restore
from central.collector import BrokerAccess, Collector
from central.config import Config
from central.store import opened


def add_store(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    acts = commands.add_parser("store", help="what the centre knows").add_subparsers(
        dest="act", required=True
    )
    _add_config(acts.add_parser("rebuild", help="count hours, days and readers anew from the raw events"))
    to = commands.add_parser("backup", help="copy everything, also while the centre runs")
    _add_config(to).add_argument("--to", type=Path, required=True, help="a new folder")
    source = commands.add_parser("restore", help="bring a backup back; the centre must not run")
    _add_config(source).add_argument("--from", type=Path, required=True, dest="source", help="its folder")
    collect = commands.add_parser("collect", help="a further collector, which shares the events")
    _add_config(collect).add_argument(
        "--name", required=True, help="its certificate beside the centre's: centre.collector-2 to -4"
    )


def _add_config(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--config", type=Path, required=True, help="the centre's TOML file")
    return parser


def rebuild(chosen: argparse.Namespace, now: Callable[[], datetime]) -> str:
    config = configuration.load(chosen.config)
    store = opened(config.store.url, config.time_zone)
    try:
        differed = store.rebuild()
    finally:
        store.close()
    return f"counted anew: {differed} days differed"


def copy(chosen: argparse.Namespace, now: Callable[[], datetime]) -> str:
    config = configuration.load(chosen.config)
    written = back_up(config, chosen.to, now())
    authority = Path(config.broker.ca).parent
    return "\n".join(
        [*map(str, written), f"not in it: the authority's key; keep a copy of {authority} elsewhere"]
    )


def bring_back(chosen: argparse.Namespace, now: Callable[[], datetime]) -> str:
    restored = restore(configuration.load(chosen.config), chosen.source)
    return f"restored: {', '.join(restored)}"


def collect(chosen: argparse.Namespace, now: Callable[[], datetime]) -> str:
    """Until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    config = configuration.load(chosen.config)
    store = opened(config.store.url, config.time_zone)
    collector = Collector(further_access(config, chosen.name), store, now)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: collector.stop())
    print(f"collector ready: {chosen.name}", flush=True)
    collector.run()
    store.close()
    return f"{chosen.name} ended"


def further_access(config: Config, name: str) -> BrokerAccess:
    """How a collector called `name` reaches the broker; ConfigError when the events are not to be shared."""
    if config.broker.share is None:
        raise ConfigError("broker.share: expected a name, the same for all collectors")
    folder = Path(config.broker.cert).parent
    broker = config.broker
    first = BrokerAccess(broker.host, broker.port, Path(broker.ca), Path(broker.cert), Path(broker.key))
    return replace(
        first,
        certificate=folder / f"{name}.crt",
        key=folder / f"{name}.key",
        client_id=name,
        share=broker.share,
        events_only=True,
    )


COMMANDS = {"store": rebuild, "backup": copy, "restore": bring_back, "collect": collect}
