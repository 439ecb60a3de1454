"""Words of the page of what may be done about a place: maintenance and commands, whose names are in
`enrolment.py`."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "place_acts": ("维护与指令", "Maintenance and commands"),
    "maintenance_plan": ("安排维护", "Plan maintenance"),
    "maintenance_hint": (
        "维护期间照常显示状态，但不发告警，也不计入可用率。",
        "Meanwhile the condition is shown, nobody is alarmed, and availability is not touched.",
    ),
    "maintenance_reason_hint": (
        "看板上所有人都看得到，不要写个人信息。",
        "Everybody sees it on the board: nothing personal.",
    ),
    "maintenance_planned": ("已安排的维护", "Planned"),
    "maintenance_end": ("现在结束", "End now"),
    "maintenance_bad_time": (
        "时间有误：结束要晚于开始，且在一年之内。",
        "Check the times: it must end after it starts, in the future, within a year.",
    ),
    "maintenance_gone": ("这项维护已经结束。", "That maintenance is over."),
    "reason_needed": ("请填写原因。", "Fill in the reason."),
    "from_time": ("开始", "From"),
    "until_time": ("结束", "Until"),
    "commands_title": ("远程指令", "Commands"),
    "commands_hint": (
        "自助机在没有读者使用时执行；一小时内没有执行即作废。",
        "Carried out when no reader is being served; void after an hour.",
    ),
    "command": ("指令", "Command"),
    "command_device": ("让哪台设备发声", "Which device is to beep"),
    "command_reason": ("暂停原因", "Reason"),
    "command_reason_hint": (
        "仅“暂停服务”需要，显示给读者。",
        "For \u201cout of service\u201d only; readers see it.",
    ),
    "command_send": ("发送指令", "Send"),
    "command_refused": ("不能发送：请检查填写的内容。", "Not sent: check what you filled in."),
    "command_result": ("查看结果", "Result"),
    "orders": ("最近指令", "Commands"),
    "orders_none": ("还没有发过指令。", "None yet."),
}
