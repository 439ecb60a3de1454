"""What the centre says by itself: one source that fails keeps no other silent, and is complained of once."""

from collections.abc import Sequence

import pytest

from broker_config.messages import Publication
from central.intake import Heard
from central.office import OfficeError
from central.speech import Speech

SAID = Publication("shuzhan/v1/notices/all", b"{}", 1, True)


def test_one_that_fails_keeps_no_other_silent(caplog: pytest.LogCaptureFixture) -> None:
    working = False

    def sometimes(kept: Sequence[Heard]) -> list[Publication]:
        if not working:
            raise OfficeError("office.db: disk I/O error")
        return [SAID]

    speech = Speech({"commands": sometimes, "notices": lambda kept: [SAID]})
    assert [speech(()), speech(())] == [[SAID], [SAID]]
    assert [record.getMessage() for record in caplog.records] == ["commands: office.db: disk I/O error"]
    working = True
    assert speech(()) == [SAID, SAID]
    working = False
    speech(())
    assert len(caplog.records) == 2, "it failed again"


def test_what_nobody_foresaw_is_not_hidden() -> None:
    def broken(kept: Sequence[Heard]) -> list[Publication]:
        raise KeyError("x")

    with pytest.raises(KeyError):
        Speech({"broken": broken})(())
