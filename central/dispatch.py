"""What people at the centre do with kiosks from afar, in one hand for pages and REST."""

from dataclasses import dataclass
from pathlib import Path

from central.commands import Commands
from central.config import Config, EnrolmentPlace
from central.enrolment.cutting import BrokerHere
from central.enrolment.register import BrokerForKiosks, Registrar
from central.notices import NoticeBoard
from central.office import Office
from central.places import Level, Places
from central.store import Store
from central.wanted import Wishes


@dataclass(frozen=True)
class Dispatch:
    """`registrar` is None where the authority's key is kept elsewhere ([enrolment] is not configured)."""

    commands: Commands
    notices: NoticeBoard
    wishes: Wishes
    registrar: Registrar | None = None


def dispatched(office: Office, store: Store, places: Places, registrar: Registrar | None = None) -> Dispatch:
    audiences = [place.id for place in places.place] + [level.value for level in Level]
    return Dispatch(Commands(office, store), NoticeBoard(office, audiences), Wishes(office), registrar)


def registrar(config: Config, office: Office, store: Store) -> Registrar | None:
    """EnrolError when the authority or the key of kept configurations cannot be used."""
    place: EnrolmentPlace | None = config.enrolment
    if place is None:
        return None
    broker = config.broker
    pid_file = Path(place.pid_file) if place.pid_file else None
    return Registrar(
        office,
        store,
        Path(place.ca),
        Path(place.key),
        here=BrokerHere(broker.host, broker.port, Path(broker.ca), pid_file),
        outside=BrokerForKiosks(place.broker_host or broker.host, place.broker_port or broker.port),
    )
