"""When everything must be quick, and when it may rest."""

from dataclasses import replace

import pytest

from kiosk.flow import events as ev
from kiosk.flow.session import Stage
from kiosk.flow.touch import Action
from tests.kiosk.flow.table import Table, book


def test_from_the_tap_of_a_card_to_the_end_of_the_visit_somebody_is_there() -> None:
    table = Table()
    assert not table.session.attended
    table.pad(book(1))
    assert not table.session.attended, "books that lie there are nobody"
    table.tap()
    assert table.session.stage is Stage.SIGNING_IN and table.session.attended
    table.sign_in()
    assert table.session.attended
    table.touch(Action.END)
    table.wait(60)
    assert table.session.stage is Stage.IDLE and not table.session.attended


def test_a_kiosk_that_is_broken_rests() -> None:
    table = Table()
    table.event(ev.Broken("screen: TypeError"))
    assert not table.session.attended


@pytest.mark.parametrize("stage", Stage)
def test_only_three_stages_rest(stage: Stage) -> None:
    resting = stage in (Stage.IDLE, Stage.CLOSED, Stage.OUT_OF_SERVICE)
    assert replace(Table().session, stage=stage).attended is not resting
