"""What `top -H` shows of our threads."""

import threading
from pathlib import Path

from kiosk.thread_names import show_thread_names, system_name
from tests.waiting import wait_for


def test_a_devices_thread_is_told_from_anothers() -> None:
    assert system_name("device receipt_printer") == "receipt_printer"
    assert system_name("control") == "control"
    assert len(system_name("device door_counter at the back")) == 15


def test_the_system_shows_them_and_the_program_keeps_its_own() -> None:
    over = threading.Event()
    thread = threading.Thread(target=over.wait, name="device card_reader", daemon=True)
    first = Path("/proc/self/comm").read_text()
    thread.start()
    try:
        wait_for(lambda: thread.native_id, "the thread runs")
        show_thread_names()
        assert Path(f"/proc/self/task/{thread.native_id}/comm").read_text() == "card_reader\n"
        assert Path("/proc/self/comm").read_text() == first
    finally:
        over.set()
        thread.join()
