"""One message of every class, filled in."""

from broker_config.commands import (
    CommandResult,
    Identify,
    InService,
    Logs,
    OutOfService,
    Restart,
    Screenshot,
    SelfTest,
    UpdateLists,
)
from broker_config.events import (
    AlarmCleared,
    AlarmRaised,
    CertificateRequest,
    DeviceChanged,
    Dispute,
    Loan,
    Refusal,
    Renewal,
    Return,
    Rotation,
    StaffAction,
    Visits,
)
from broker_config.from_centre import Certificate, Confirmed, Notice, Notices, Resend, Settings, Wanted
from broker_config.lists import ListedItem, ListName, Lists, Position, pack
from broker_config.messages import Message
from broker_config.status import DeviceState, Health, State
from broker_config.values import Condition, Service

AT = "2026-11-22T03:04:05.678Z"
TOKEN = "0123456789abcdef" * 2
PEM = "-----BEGIN CERTIFICATE REQUEST-----\n" + "A" * 60 + "\n-----END CERTIFICATE REQUEST-----\n"
LATER = "2027-02-12T00:00:00.000Z"
ORDER = {"id": "c-1", "issued": AT, "expires": "2026-11-22T04:00:00.000Z"}
NOTICES = Notices(
    notices=(
        Notice(
            id="n-1",
            title_zh="春节闭馆",
            body_zh="二月五日至十一日",
            start=AT,
            end="2027-02-12T00:00:00.000Z",
        ),
    )
)

READER = DeviceState(
    kind="tag_reader",
    model="feig_obid",
    port="/dev/pad0",
    serial="FE2104",
    firmware="3.4",
    condition=Condition.OK,
    since=AT,
)
PRINTER = DeviceState(
    kind="receipt_printer", model="escpos", port="/dev/p0", condition=Condition.DOWN, reason="缺纸"
)

EVERY: list[Message] = [
    State(
        at=AT,
        clock_synced=True,
        online=True,
        session=7,
        devices=(READER, PRINTER),
        software="0.1.0",
        config_hash="9f31",
        service=Service.OUT_OF_SERVICE,
        reason="检修",
        lists={"items": Position(log="00c0ffee", base=2, seq=3), "readers": None},
        install_id="i-1",
        oldest_seq=4,
    ),
    Health(at=AT, clock_synced=True, session=7, devices=(READER,), outbox_depth=3, ils_up=False, unsettled=0),
    Loan(at=AT, clock_synced=True, install_id="i-1", seq=1, op_id="op-1", reader_token=TOKEN, due="20261220"),
    Return(at=AT, clock_synced=True, install_id="i-1", seq=2, op_id="op-2"),
    Renewal(at=AT, clock_synced=True, install_id="i-1", seq=3, op_id="op-3"),
    Refusal(at=AT, clock_synced=True, install_id="i-1", seq=4, op_id="op-4", what="loan", reason="欠费"),
    Dispute(
        at=AT,
        clock_synced=True,
        install_id="i-1",
        seq=11,
        op_id="op-5",
        what="loan",
        item_id="35240000000019",
        reader_id="25240000010010",
        done_at=AT,
        words="他人借阅",
    ),
    Visits(
        at=AT,
        clock_synced=True,
        install_id="i-1",
        seq=5,
        hour="2026-11-22T03:00:00.000Z",
        entries=12,
        count_type="entries",
        complete=True,
    ),
    DeviceChanged(
        at=AT,
        clock_synced=True,
        install_id="i-1",
        seq=6,
        kind="receipt_printer",
        model="escpos",
        port="/dev/p0",
        old_condition=Condition.OK,
        new_condition=Condition.DOWN,
        reason="缺纸",
    ),
    AlarmRaised(at=AT, clock_synced=True, install_id="i-1", seq=7, name="paper_out"),
    AlarmCleared(at=AT, clock_synced=True, install_id="i-1", seq=8, name="paper_out"),
    StaffAction(at=AT, clock_synced=True, install_id="i-1", seq=9, what="维护页"),
    Rotation(at=AT, clock_synced=True, install_id="i-1", seq=12, direction="received", volumes=60, titles=48),
    CertificateRequest(at=AT, clock_synced=True, install_id="i-1", seq=10, csr=PEM),
    CommandResult(
        at=AT,
        clock_synced=True,
        install_id="i-1",
        seq=12,
        command_id="c-1",
        outcome="done",
        media_type="text/plain",
        attachment="日志".encode(),
    ),
    Wanted(
        version=3,
        token_keys={"2026-11": "00ff" * 16},
        card_keys={"21fe31df": "0a" * 32},
        settings=Settings(level="point", open=("09:00-12:00",), closed_days=(1,), offline="loans"),
    ),
    Confirmed(install_id="i-1", seq=9),
    Resend(install_id="i-1", first=3, last=5),
    Lists(
        list=ListName.ITEMS,
        at=AT,
        log="00c0ffee",
        base=2,
        after=3,
        upto=5,
        changes=pack(["35240000000019"], [ListedItem("35240000000027", "三国演义")]),
    ),
    Restart(**ORDER),
    OutOfService(**ORDER, reason="盘点", until="2026-11-23T00:00:00.000Z"),
    InService(**ORDER),
    Logs(**ORDER, lines=50),
    Screenshot(**ORDER),
    SelfTest(**ORDER),
    Identify(**ORDER, device="tag_reader"),
    UpdateLists(**ORDER),
    Certificate(certificate=PEM),
]
