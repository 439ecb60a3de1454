"""Words for enrolling and ordering kiosks, for notices, and for these acts in the audit log."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "enrol_not_here": (
        "这台中心没有配置 [enrolment]，不能登记自助机。",
        "[enrolment] is not configured at this centre: it cannot enrol kiosks.",
    ),
    "enrol_unreadable": (
        "登记请求无法读取：应为含 claim 和 csr 的 JSON。",
        "The request cannot be read: expected JSON with claim and csr.",
    ),
    "enrol_bad_claim": ("登记申请有误：{why}", "The enrolment request is wrong: {why}"),
    "enrol_refused": ("不能登记：{why}", "Not possible: {why}"),
    "enrol_not_good": (
        "注册码无效、已用过或已过期：请向总馆要一个新的。",
        "The claim code is wrong, used or over: ask the main library for a new one.",
    ),
    "enrol_too_many": (
        "错误的注册码太多：请一小时后再试。",
        "Too many wrong claim codes: try again in an hour.",
    ),
    "enrol_no_claim": ("没有这个未用的注册码。", "There is no such unused claim."),
    # commands
    "command_restart": ("重新启动", "Restart"),
    "command_out_of_service": ("暂停服务", "Out of service"),
    "command_in_service": ("恢复服务", "Back in service"),
    "command_logs": ("取运行记录", "Fetch the log"),
    "command_screenshot": ("截屏", "Screenshot"),
    "command_self_test": ("自检", "Self-test"),
    "command_identify": ("让设备闪灯或鸣响", "Let a device blink or beep"),
    "command_update_lists": ("更新离线名单", "Update the lists"),
    "command_status_waiting": ("等自助机上线", "Waiting for the kiosk"),
    "command_status_sent": ("已发出，等待结果", "Sent, no answer yet"),
    "command_status_done": ("已完成", "Done"),
    "command_status_refused": ("被拒绝", "Refused"),
    "command_status_failed": ("未成功", "Failed"),
    "command_status_expired": ("已过期，未执行", "Expired, not carried out"),
    "command_status_unanswered": ("已过期，没有回答", "Expired without an answer"),
    # notices
    "notice_bad_audience": ("请选择网点或级别。", "Choose a place or a level."),
    "notice_bad_title": ("中文标题应为 1 至 200 字。", "A Chinese title of 1 to 200 characters is needed."),
    "notice_bad_body": ("正文不超过 1000 字。", "At most 1000 characters of text."),
    "notice_bad_time": (
        "结束时间应晚于开始时间，也晚于现在。",
        "The end must be after the start and after now.",
    ),
    "notice_too_many": (
        "这个范围已有 20 条公告，请先删除旧的。",
        "20 notices are there already: remove old ones.",
    ),
    # acts
    "action_enrolment.claim": ("发放注册码", "Claim code made"),
    "action_enrolment.withdraw": ("收回注册码", "Claim code withdrawn"),
    "action_enrolment.keep": ("保存自助机配置", "Kiosk's configuration kept"),
    "action_enrolment.enrol": ("自助机登记", "Kiosk enrolled"),
    "action_enrolment.replace": ("自助机更换", "Kiosk replaced"),
    "action_enrolment.revoke": ("吊销证书", "Certificates revoked"),
    "action_place.settings": ("修改网点设置", "Place's settings changed"),
    "action_command.issue": ("下达指令", "Command issued"),
    "action_notice.add": ("发布公告", "Notice added"),
    "action_notice.change": ("修改公告", "Notice changed"),
    "action_notice.remove": ("删除公告", "Notice removed"),
}
