"""A node's people in the centre's own database: collected, confirmed, and forgotten by the node."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from central.collector import BrokerAccess, Collector
from central.store.sqlite import SqliteStore
from tests.broker import Broker
from tests.devices.door_counter.nodes import IDENTITY, IN, OUT, NodeUnderTest
from tests.waiting import wait_for


def test_visits_of_a_node_are_the_places(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "centre.db")
    (tmp_path / "node").mkdir()
    with Broker(tmp_path) as broker:
        broker.issue(IDENTITY)
        mine = broker.issue("centre")
        access = BrokerAccess("127.0.0.1", broker.port, mine.ca, mine.certificate, mine.key)
        collector = Collector(access, store)
        thread = threading.Thread(target=collector.run)
        thread.start()
        node = NodeUnderTest(tmp_path / "node", broker.port, broker.certificates)
        try:
            node.start()
            node.walk(*IN, *IN, *OUT)
            now = datetime.now(UTC)
            day = (now - timedelta(days=1), now + timedelta(days=1))
            place = "mz-taiping-03"
            wait_for(lambda: store.totals(*day).get((place, "visits")) == 2, "two visits in the statistics")
            wait_for(lambda: node.kept()["seq"] and not node.kept()["outbox"], "confirmed", deadline_s=40)
            assert store.reject_count(place) == 0
        finally:
            node.cut()
            collector.stop()
            thread.join(20)
    store.close()
