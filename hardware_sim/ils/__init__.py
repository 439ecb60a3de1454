"""A small library-management system speaking SIP2, with a sample library: the default for demo and tests.

It answers as Koha 19.06 was seen to, oddities included (`answers.py`, `circulation.py`), or as other makes do
(`dialects.py`), and can be made to hang, hang up or talk nonsense at the worst moment (`faults.py`,
`admin.py`).
"""

from hardware_sim.ils.admin import IlsAdmin
from hardware_sim.ils.catalogue import (
    CatalogueItem,
    SampleReader,
    StartEntry,
    load_catalogue,
    load_readers,
    load_start,
)
from hardware_sim.ils.conversation import Account
from hardware_sim.ils.dialects import DIALECTS, IlsDialect
from hardware_sim.ils.server import IlsServer
from hardware_sim.ils.tags import card_for, chip_for, chips_for

__all__ = [
    "DIALECTS",
    "Account",
    "CatalogueItem",
    "IlsAdmin",
    "IlsDialect",
    "IlsServer",
    "SampleReader",
    "StartEntry",
    "card_for",
    "chip_for",
    "chips_for",
    "load_catalogue",
    "load_readers",
    "load_start",
]
