"""English phrases that come as text, in Chinese: kiosks' reasons, why a message was not delivered. Pure.

A kiosk's message has words and no codes, since a newer kiosk may say what this centre has never heard. What
is not in the tables is shown as it was said, and marked as such. English pages show all of it as it is.
"""

import re
from collections.abc import Mapping

CHINESE_SIGNS = re.compile("[\u4e00-\u9fff]")
UNKNOWN = "原文：{0}"

SENTENCES: Mapping[str, str] = {
    # the receipt printer
    "The printer is out of paper: put in a new roll.": "缺纸，请换一卷",
    "The printer's cover is open: press it shut.": "盖子未合好，请压紧",
    "The printer's cutter is jammed: open the cover, take the torn paper out, close it.": (
        "切刀卡纸，请开盖取出碎纸"
    ),
    "The printer has a fault: switch it off and on; if it stays, change the printer.": (
        "打印机故障，请断电重启，仍不行则更换"
    ),
    "The printer waits: press its feed button.": "打印机等待，请按走纸键",
    "The printer pauses, perhaps too hot: it goes on by itself.": "打印机暂停（可能过热），会自行恢复",
    "The printer is offline: press its feed or online button.": "打印机离线，请按走纸键或联机键",
    "The printer's paper is nearly used up: have a new roll ready.": "纸快用完，请备好新纸",
    # the door counter
    "it does not answer": "没有应答",
    "more edges than people make: check the sensors' wires; some passages were not counted": (
        "信号过密，不像行人，请检查传感器接线；部分人次未计入"
    ),
    # the kiosk as a whole
    "closed by staff": "工作人员设为暂停服务",
    "no room for a new operation: nothing can be borrowed or returned": "磁盘没有余量，不能借还",
    "it could not be reached": "无法连接",
    "an earlier certificate": "使用的是旧证书",
    # books and operations
    "the owner on its tag is another library": "标签上的馆藏单位是其他图书馆",
    "the ILS does not know it": "业务系统里没有这本书",
    "on loan by the ILS, in the library by its tag": "业务系统记为已借出，标签记为在馆",
    "in the library by the ILS, on loan by its tag": "业务系统记为在馆，标签记为已借出",
    "its reader fetches it here": "预约读者在本点取书",
    "its reader fetches it at another place": "预约读者在其他网点取书",
    "it is done, but its tag could not be set": "业务已办成，但标签没有写好",
    "its tag could not be set": "标签没有写好",
    "it was cut short, and the ILS did not do it": "中途断开，业务系统没有办理",
    "the ILS does not say what became of it": "业务系统查不到办理结果",
    # why an operation was refused
    "by_ils": "业务系统不同意",
    "ils_unreachable": "业务系统不通",
    "stack_changed": "书堆中途变动",
    "tag_failed": "标签没有写好",
    "interrupted": "中途断开",
    "fee_declined": "读者不同意付费",
    # what staff did
    "wrong staff codes, locked for a while": "工作人员代码多次输错，暂时锁定",
    "put out of service": "设为暂停服务",
    "put into service": "恢复服务",
    "back in service: the time given is over": "暂停到期，恢复服务",
    # answers to commands
    "somebody was being served all the time": "一直有读者在使用",
    "a reader is being served": "有读者正在使用",
    "no service manager watches this kiosk: nobody would start it again": (
        "自助机没有守护程序，重启后无人拉起，未执行"
    ),
    "no log is kept in memory": "内存中没有日志",
    "the picture is too large for a message": "截图太大，无法发送",
}
"""Whole sentences."""

DEVICE: Mapping[str, str] = {
    "unplugged": "已拔出",
    "it was unplugged": "已拔出",
    "it is closed": "端口已关闭",
    "the port is closed": "端口已关闭",
    "the pins are closed": "引脚已关闭",
    "not plugged in, or not to be told from its neighbours": "没有插上，或无法与相邻设备区分",
    "it does not exist or is in use; check cable and port name": "端口不存在或被占用，请检查线缆和端口名",
    "the line is gone; check cable and adapter": "线路断开，请检查线缆和转接器",
    "no answer; check power, wires, device_id": "没有应答，请检查供电、接线和设备地址",
    "no answer; check power, cable and baud": "没有应答，请检查供电、线缆和波特率",
    "no answer; check cable, speed and model": "没有应答，请检查线缆、速率和型号",
    "no answer; check cable, speed and that it speaks SSI": "没有应答，请检查线缆、速率和 SSI 设置",
    "no answer: check cable and power": "没有应答，请检查线缆和供电",
    "no answer at any speed: check cable, power and model": "各种速率都没有应答，请检查线缆、供电和型号",
    "what answers is not a PN532: check model and cable": "应答的不是 PN532，请检查型号和线缆",
    "what came back is no answer; check speed, cable and model": "应答不可识别，请检查速率、线缆和型号",
    "noise; check baud, wires A and B": "线路干扰，请检查波特率和 A、B 线",
    'no pins: expected a port such as "gpio:17,27", or "gpio:17" for one beam': (
        "配置里的引脚不对，应为 gpio:17,27 这样"
    ),
    "the chip says no": "芯片拒绝执行",
    "the reader says no": "读卡器拒绝执行",
    "the scanner says no": "扫码器拒绝执行",
    "the tag does not answer over the air": "标签没有应答",
    "the antenna is out of tune": "天线失谐",
    "the reader's hardware reports a fault": "读写器报告硬件故障",
    "the reader's own memory fails": "读写器存储器故障",
    "tags collide: spread the books out": "标签互相干扰，请把书摊开",
    "No such file or directory": "找不到这个端口",
    "No such device": "设备不见了",
    "No such device or address": "设备不见了",
    "Input/output error": "读写出错，请检查线缆",
    "Device or resource busy": "端口被占用",
    "Permission denied": "没有权限打开端口",
    "the read returned no data": "设备不见了",
}
"""What a device's error ends with; before it stand its port and what was tried."""

PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), chinese)
    for pattern, chinese in (
        (r"no answer within ([\d.]+) s: check cable and power", "{0} 秒内没有应答，请检查线缆和供电"),
        (r"no answer within ([\d.]+) s; check cable and power", "{0} 秒内没有应答，请检查线缆和供电"),
        (r"beam (.+) long broken: clean the sensor, look what stands before it",
         "光束 {0} 长时间被挡，请清洁传感器并查看前方"),
        (r"another has it: .+", "被其他程序占用"),
        (r"not the (\d+) registers asked for", "返回的寄存器不是所问的 {0} 个"),
        (r"tags: (\d+)", "{0} 个标签待补写"),
        (r"books: (\d+)", "一次 {0} 册"),
        (r"failures in a row: (\d+)", "连续失败 {0} 次"),
        (r"minutes: (\d+)", "已用 {0} 分钟"),
        (r"(\d+) of (\d+)", "共 {1} 件，只有第 {0} 件"),
        (r"it ends on (\d{4}-\d\d-\d\d)", "{0} 到期"),
        (r".+: the disk is full: free (\d+) MB and start the kiosk again",
         "磁盘已满：请腾出 {0} MB 后重启自助机"),
        (r".+: cannot open the journal: .+", "业务日志打不开，请技术员查看"),
        (r"screen: (.+)", "屏幕程序出错（{0}）"),
        (r"ILS ([^:]+:\d+): no login: .+", "业务系统 {0} 不接受登录，请检查配置"),
        (r"ILS ([^:]+:\d+): refused the kiosk's user or password: .+",
         "业务系统 {0} 拒绝了自助机的用户名或密码"),
        (r"ILS ([^:]+:\d+): took the connection but never answered: .+",
         "业务系统 {0} 接受连接却不应答，可能连接数已满"),
        (r"ILS ([^:]+:\d+): .+", "业务系统 {0} 连接不上"),
        (r"self-test of (\S+) passed", "{0} 自检通过"),
        (r"self-test of (\S+) failed", "{0} 自检未通过"),
        (r"changed (\S+) from (.+) to (.+), self-test passed", "已更换 {0}：{1} → {2}，自检通过"),
        (r"(.+): cannot blink or beep now; those that can: (.+)", "{0} 现在不能闪灯或鸣响；可以的有：{1}"),
        (r"[^:]+: [^:]+: driver failed: (.+)", "驱动程序出错（{0}）"),
        # why the centre receives nothing
        (r"the connection to the broker was lost", "与消息服务器的连接断开"),
        (r"broker (\S+) cannot be reached: (.+)", "连接不上消息服务器 {0}（{1}）"),
        (r"the broker refused us: (.+)", "消息服务器拒绝连接（{0}）"),
        # why a message was not delivered
        (r"HTTP (\d+)", "对方服务器答复 HTTP {0}"),
        (r"cannot be reached: (.+)", "连接不上（{0}）"),
        (r"the robot refused: errcode (.+)", "群机器人拒收（errcode {0}）"),
        (r"the robot's answer has no errcode", "群机器人的答复不可识别"),
        (r"the recipient is no longer in the configuration", "配置里已没有这个收件人"),
        (r"(\S+:\d+): user or password refused \((\d+)\)", "邮件服务器 {0} 拒绝用户名或密码（{1}）"),
        (r"(\S+:\d+): recipients refused \((.+)\)", "邮件服务器 {0} 拒绝收件人（{1}）"),
        (r"(\S+:\d+): TLS failed: (.+)", "与邮件服务器 {0} 的加密连接失败（{1}）"),
        (r"([\w.-]+:\d+): (.+)", "邮件服务器 {0} 出错（{1}）"),
    )
)  # fmt: skip
"""Sentences with figures and names in them."""

_DEVICE = re.compile(r"(?P<port>\S+): (?P<command>[^:]+): (?P<detail>.+?)(?: \(status (?P<status>\w+)h\))?")


def in_chinese(said: str) -> str:
    """`said` in Chinese as far as it is known."""
    if not said or CHINESE_SIGNS.search(said):
        return said
    known = _known(said) or _of_device(said)
    return known if known else UNKNOWN.format(said)


def _known(said: str) -> str:
    if said in SENTENCES:
        return SENTENCES[said]
    for pattern, chinese in PATTERNS:
        if found := pattern.fullmatch(said):
            return chinese.format(*found.groups())
    return ""


def _of_device(said: str) -> str:
    """`/dev/pad: inventory: no answer within 1.0 s; …`: what is wrong first, then where."""
    found = _DEVICE.fullmatch(said)
    if found is None:
        return DEVICE.get(said, "")
    detail = DEVICE.get(found["detail"]) or _known(found["detail"])
    return f"{detail}（{found['port']}）" if detail else ""
