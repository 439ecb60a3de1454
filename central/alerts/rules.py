"""What alarms whom: the rules, one literal table, and the words for them in Chinese and English. Pure.

A rule turns a sign (`signs.py`) into an alert once the sign has held for `raise_after`, and clears it once
the sign was away for `clear_after`, so that flapping raises once. "Staff" goes out as a message;
"information" stays on the page. A fault that a kiosk tells of is told on within 15 s; only readings that
swing by themselves (heat, a queue that empties after a break) must hold for minutes. What is not `urgent`
waits for the opening hours of its place. A rule hides the signs of the rules it `inhibits` within its scope:
behind a dead link everything looks dead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum


class Needs(Enum):
    """Whether somebody has to do something."""

    STAFF = "staff"
    INFORMATION = "information"


class Severity(Enum):
    """How much is lost meanwhile: all service, a part of it, nothing yet."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class Role(Enum):
    """Who can do it: somebody on the spot, who knows books, or who knows machines."""

    VOLUNTEER = "volunteer"
    LIBRARIAN = "librarian"
    TECHNICIAN = "technician"


class Scope(Enum):
    """How far a rule inhibits: its kiosk, or everything."""

    KIOSK = "kiosk"
    EVERYTHING = "everything"


EVERY_RULE = "*"
"""In `inhibits`: all the others."""


@dataclass(frozen=True)
class Rule:
    """`text` is the fault, `act` what to do about it, each (Chinese, English). `lasts`: a sign of something
    that happened once stays this long. `scope` matters with `inhibits` only. `one_cause`: all places depend
    on the same thing."""

    name: str
    text: tuple[str, str]
    act: tuple[str, str]
    needs: Needs
    severity: Severity
    role: Role
    raise_after: timedelta = timedelta()
    clear_after: timedelta = timedelta(seconds=10)
    urgent: bool = False
    inhibits: frozenset[str] = frozenset()
    scope: Scope = Scope.KIOSK
    lasts: timedelta | None = None
    one_cause: bool = False


_STAFF, _INFO = Needs.STAFF, Needs.INFORMATION
_CRITICAL, _MAJOR, _MINOR = Severity.CRITICAL, Severity.MAJOR, Severity.MINOR
_VOLUNTEER, _LIBRARIAN, _TECHNICIAN = Role.VOLUNTEER, Role.LIBRARIAN, Role.TECHNICIAN
_A_MINUTE, _A_DAY = timedelta(minutes=1), timedelta(days=1)
_LINK = timedelta(seconds=15)
"""A kiosk that restarts its connection is no news; and a broken link has taken everybody by then."""
_SUSPECTED = timedelta(seconds=25)
"""From the first suspicion of silence (`signs.SUSPECT_AFTER`) on: told before the 90th second."""


def _rule(
    name: str,
    text: tuple[str, str],
    act: tuple[str, str],
    to: tuple[Needs, Severity, Role],
    *,
    raise_after: timedelta = timedelta(),
    clear_after: timedelta = timedelta(seconds=10),
    urgent: bool = False,
    inhibits: frozenset[str] = frozenset(),
    scope: Scope = Scope.KIOSK,
    lasts: timedelta | None = None,
    one_cause: bool = False,
) -> Rule:
    return Rule(name, text, act, *to, raise_after, clear_after, urgent, inhibits, scope, lasts, one_cause)


# fmt: off
RULES: Mapping[str, Rule] = {rule.name: rule for rule in (
    # the centre itself
    _rule("not_receiving", ("中心收不到数据", "The centre receives nothing"),
          ("检查消息服务器和中心的网络。", "Check the broker and the centre's network."),
          (_STAFF, _CRITICAL, _TECHNICIAN), raise_after=timedelta(seconds=20), urgent=True,
          inhibits=frozenset({"kiosk_offline", "kiosk_silent"}), scope=Scope.EVERYTHING),
    _rule("store_failing", ("中心的数据库出错", "The centre's database fails"),
          ("检查中心的磁盘空间和数据库。", "Check the centre's disk and database."),
          (_STAFF, _CRITICAL, _TECHNICIAN), urgent=True),
    _rule("delivery_failing", ("通知发不出去", "Messages cannot be delivered"),
          ("检查该通道的地址、密码和网络。", "Check the channel's address, password and network."),
          (_STAFF, _MAJOR, _TECHNICIAN), urgent=True),
    _rule("centre_certificate", ("中心的证书即将到期", "A certificate of the centre expires soon"),
          ("签发新证书后重启中心。", "Issue a new certificate and restart the centre."),
          (_STAFF, _MAJOR, _TECHNICIAN)),
    # the kiosk
    _rule("kiosk_offline", ("自助机断线", "Kiosk offline"),
          ("看电源和网络灯；几处同时断线时先查线路。", "Check power and network; of several, the line."),
          (_STAFF, _CRITICAL, _VOLUNTEER), raise_after=_LINK, inhibits=frozenset({EVERY_RULE})),
    _rule("kiosk_silent", ("自助机没有心跳", "Kiosk silent"),
          ("重启自助机；仍无心跳请技术员查看。", "Restart the kiosk; if still silent call the technician."),
          (_STAFF, _CRITICAL, _TECHNICIAN), raise_after=_SUSPECTED, inhibits=frozenset({EVERY_RULE})),
    _rule("out_of_service", ("自助机暂停服务", "Kiosk out of service"),
          ("按屏幕上的原因处理；需要时到现场。", "Act on the reason shown; go there if needed."),
          (_STAFF, _CRITICAL, _TECHNICIAN),
          inhibits=frozenset({"device_down", "tag_reader_down", "printer_down", "printer_cannot_print",
                              "paper_low", "paper_out", "door_counter_silent", "ils_unreachable"})),
    _rule("on_battery", ("停电，自助机用电池供电", "Power cut, kiosk on battery"),
          ("电池将尽时它会自动关机；来电后若未自动开机，请到现场开机。",
           "It shuts down by itself; when power is back see that it has started."),
          (_STAFF, _CRITICAL, _VOLUNTEER), urgent=True,
          inhibits=frozenset({"out_of_service", "tag_reader_down", "device_down", "printer_down",
                              "printer_cannot_print", "paper_low", "paper_out", "door_counter_silent",
                              "ils_unreachable"})),
    _rule("ils_unreachable", ("业务系统不通", "Library system unreachable"),
          ("检查业务系统及其线路；读者此时可能只能还书。", "Check the library system and the line to it."),
          (_STAFF, _CRITICAL, _TECHNICIAN), raise_after=timedelta(seconds=5), urgent=True, one_cause=True),
    _rule("outbox_long", ("积压业务未上报", "Stored transactions waiting"),
          ("检查该点的网络；恢复后会自动上报。", "Check the place's network; they are sent when it is back."),
          (_STAFF, _MINOR, _TECHNICIAN), raise_after=_A_MINUTE, clear_after=_A_MINUTE),
    _rule("unsettled", ("借还结果未定", "Operations not settled"),
          ("业务系统恢复后会自动核对；久未消除请人工核对。",
           "Settled once the library system answers; else by hand."),
          (_STAFF, _MAJOR, _LIBRARIAN), raise_after=timedelta(minutes=15)),
    _rule("journal_repairs_waiting", ("有图书标签待修正", "Book tags wait to be put right"),
          ("请读者或志愿者把书放回读写板。", "Have the book put on the pad again."),
          (_INFO, _MINOR, _VOLUNTEER), raise_after=timedelta(minutes=10)),
    _rule("disk_low", ("磁盘将满", "Disk nearly full"),
          ("远程清理日志或更换存储卡。", "Clear logs, or change the card."),
          (_STAFF, _MAJOR, _TECHNICIAN), raise_after=timedelta(seconds=5), clear_after=_A_MINUTE),
    _rule("disk_filling", ("磁盘按趋势将满", "Disk filling up"),
          ("在预计日期之前安排清理。", "Plan to clear it before the day foretold."),
          (_INFO, _MINOR, _TECHNICIAN), clear_after=timedelta(hours=2)),
    _rule("hot", ("主板过热", "Board too hot"),
          ("检查通风和风扇。", "Check air and fan."),
          (_STAFF, _MAJOR, _VOLUNTEER), raise_after=timedelta(minutes=2), clear_after=timedelta(minutes=5)),
    _rule("screen_slow", ("屏幕反应慢", "Screen slow"),
          ("可在空闲时远程重启。", "Restart it remotely when idle."),
          (_INFO, _MINOR, _TECHNICIAN), raise_after=timedelta(minutes=2), clear_after=timedelta(minutes=5)),
    _rule("clock_wrong", ("时钟不准", "Clock wrong"),
          ("检查该点的对时和网络。", "Check time synchronisation and network."),
          (_INFO, _MINOR, _TECHNICIAN), raise_after=timedelta(minutes=10), clear_after=_A_MINUTE),
    _rule("certificate_expiring", ("自助机证书即将到期", "The kiosk's certificate expires soon"),
          ("在到期前续签。", "Renew it before that day."),
          (_STAFF, _MAJOR, _TECHNICIAN)),
    # devices
    _rule("tag_reader_down", ("图书读写器故障", "Tag reader down"),
          ("重新插拔读写器；无效则更换。", "Unplug it and plug it in again; else replace it."),
          (_STAFF, _CRITICAL, _VOLUNTEER), raise_after=timedelta(seconds=5)),
    _rule("device_down", ("设备故障", "Device down"),
          ("重新插拔设备；无效则更换。", "Unplug it and plug it in again; else replace it."),
          (_STAFF, _MAJOR, _VOLUNTEER), raise_after=timedelta(seconds=5)),
    _rule("printer_down", ("凭条打印机故障", "Receipt printer down"),
          ("检查电源和数据线；无效则更换。", "Check its power and cable; else replace it."),
          (_STAFF, _MAJOR, _VOLUNTEER), raise_after=timedelta(seconds=5)),
    _rule("printer_cannot_print", ("凭条打印机不能打印", "The printer cannot print"),
          ("合上盖子，清除卡纸。", "Close its cover, clear a jam."),
          (_STAFF, _MINOR, _VOLUNTEER), raise_after=timedelta(seconds=5),
          inhibits=frozenset({"paper_low"})),
    _rule("paper_out", ("凭条纸用完", "Paper out"),
          ("换一卷热敏纸。", "Put in a new roll."),
          (_STAFF, _MINOR, _VOLUNTEER), raise_after=timedelta(seconds=5),
          inhibits=frozenset({"printer_cannot_print", "paper_low", "paper_ending"})),
    _rule("paper_low", ("凭条纸将用完", "Paper low"),
          ("准备一卷热敏纸。", "Have a new roll ready."),
          (_STAFF, _MINOR, _VOLUNTEER), raise_after=timedelta(seconds=5)),
    _rule("paper_ending", ("按用量凭条纸将用完", "Paper will run out"),
          ("下次去时带一卷纸。", "Take a roll along at the next visit."),
          (_INFO, _MINOR, _VOLUNTEER), clear_after=timedelta(hours=2)),
    _rule("door_counter_silent", ("进馆计数器无数据", "Door counter silent"),
          ("检查计数器供电；中断时段的人次按缺数标出。", "Check its power; the gap is shown as a gap."),
          (_STAFF, _MINOR, _VOLUNTEER), raise_after=timedelta(seconds=5)),
    _rule("door_counter_drifting", ("进馆计数可疑", "Door counter drifting"),
          ("核对传感器位置和遮挡。", "Check how the sensor points and what is before it."),
          (_STAFF, _MINOR, _TECHNICIAN), clear_after=timedelta(hours=2)),
    _rule("door_visits_lost", ("进馆人次漏报", "Visits lost on the way"),
          ("月报已按缺数标出；若再发生，检查计数器到中心的网络和中心的备份恢复记录。",
           "The month's report shows the gap; if it happens again check the line and the centre's restores."),
          (_INFO, _MINOR, _TECHNICIAN), raise_after=timedelta(hours=2), clear_after=timedelta(hours=2)),
    # what happened
    _rule("device_changed", ("设备已更换", "Device changed"),
          ("核对序列号和设备台账。", "Compare the serial number with the list of devices."),
          (_INFO, _MINOR, _TECHNICIAN), lasts=_A_DAY),
    _rule("dispute_waiting", ("有争议业务待处理", "Dispute waiting"),
          ("在争议页核对并了结。", "Settle it on the page of disputes."),
          (_STAFF, _MAJOR, _LIBRARIAN), lasts=7 * _A_DAY),
    _rule("suspicious_item", ("可疑图书", "Suspicious item"),
          ("下次巡点时核对该书。", "Look at the book at the next visit."),
          (_STAFF, _MINOR, _LIBRARIAN), lasts=_A_DAY),
    _rule("incomplete_set", ("成套资料不全", "Set incomplete"),
          ("联系最近的读者或查找缺件。", "Look for the missing part."),
          (_STAFF, _MINOR, _LIBRARIAN), lasts=_A_DAY),
    _rule("hold_returned", ("还入的书有人预约", "Held item returned"),
          ("取出该书并通知预约流程。", "Take the book out for its reader."),
          (_STAFF, _MINOR, _VOLUNTEER), lasts=_A_DAY),
    _rule("checkin_failed", ("还书失败", "Return failed"),
          ("核对该点收到的图书。", "Compare the books that lie there."),
          (_STAFF, _MAJOR, _LIBRARIAN), lasts=_A_DAY),
    _rule("checkout_failed", ("借书失败", "Loan failed"),
          ("查看该点的近期记录。", "Look at the place's recent events."),
          (_INFO, _MINOR, _LIBRARIAN), lasts=_A_DAY),
    _rule("empty_tag", ("空白标签", "Empty tag"),
          ("下次巡点时给该书重写标签。", "Write the tag anew at the next visit."),
          (_INFO, _MINOR, _LIBRARIAN), lasts=_A_DAY),
    _rule("large_checkout", ("一次借书异常多", "Unusually large loan"),
          ("查看该点的近期记录。", "Look at the place's recent events."),
          (_INFO, _MINOR, _LIBRARIAN), lasts=_A_DAY),
    _rule("reader_struggling", ("有读者操作困难", "A reader is struggling"),
          ("可电话询问志愿者能否帮忙。", "Ask the volunteer to help."),
          (_INFO, _MINOR, _VOLUNTEER), lasts=timedelta(minutes=15)),
    _rule("disk_full", ("磁盘已满，停止受理", "Disk full, nothing is taken"),
          ("立即清理磁盘或更换存储卡。", "Clear the disk or change the card now."),
          (_STAFF, _CRITICAL, _TECHNICIAN), urgent=True, inhibits=frozenset({"disk_low", "disk_filling"})),
    _rule("other_alarm", ("自助机告警", "Alarm of a kiosk"),
          ("查看该点页面上的原因。", "See the reason on the place's page."),
          (_STAFF, _MINOR, _TECHNICIAN)),
)}
# fmt: on
