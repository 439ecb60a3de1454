"""Sentences for staff are not repeated, and not forgotten either."""

import logging

import pytest

from kiosk.staff_log import SAY_AGAIN_S, StaffLog


def test_each_sentence_once_an_hour(caplog: pytest.LogCaptureFixture) -> None:
    now_s = 100.0
    staff = StaffLog(logging.getLogger("line"), lambda: now_s)
    for _ in range(3):
        staff.tell("the line is down")
        staff.tell("the certificate is old")
    assert caplog.messages == ["the line is down", "the certificate is old"]
    now_s += SAY_AGAIN_S - 1
    staff.tell("the line is down")
    assert len(caplog.messages) == 2
    now_s += 1
    staff.tell("the line is down")
    assert caplog.messages[2:] == ["the line is down"]
