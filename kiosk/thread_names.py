"""Gives the system's threads the names that ours have here, so that `top -H` and `make bench SECTION=idle`
tell which of them works. Linux only; elsewhere nothing happens.
"""

import threading
from contextlib import suppress
from pathlib import Path

LONGEST = 15
"""Characters: what the kernel keeps of a name (prctl(2), PR_SET_NAME)."""


def show_thread_names() -> None:
    """Of the threads that run now, but for the first, whose name is the program's."""
    for thread in threading.enumerate():
        if thread is not threading.main_thread():
            with suppress(OSError):
                Path(f"/proc/self/task/{thread.native_id}/comm").write_text(system_name(thread.name))


def system_name(name: str) -> str:
    """What tells one device's thread from another's comes first."""
    return name.removeprefix("device ")[:LONGEST]
