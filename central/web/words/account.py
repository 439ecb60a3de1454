"""Words of signing in and of one's own account."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "sign_in": ("登录", "Sign in"),
    "sign_in_hint": ("请使用总馆分配的账号登录。", "Use the account that the main library gave you."),
    "account_name": ("账号", "Account"),
    "password": ("密码", "Password"),
    "wrong_password": ("账号或密码不正确。", "Account or password is not correct."),
    "locked_out": (
        "尝试次数过多，请在 {wait} 后再试。",
        "Too many attempts. Try again in {wait}.",
    ),
    "wait_seconds": ("{n} 秒", "{n} s"),
    "wait_minutes": ("{n} 分钟", "{n} min"),
    "second_factor": ("两步验证", "Second factor"),
    "second_factor_hint": (
        "请输入验证器应用显示的 6 位数字；手机不在身边时可输入一个恢复码。",
        "Enter the 6 digits that your authenticator app shows, or a recovery code if it is not at hand.",
    ),
    "code": ("验证码", "Code"),
    "wrong_code": ("验证码不正确或已经用过。", "The code is not correct, or was used before."),
    "confirm": ("确认", "Confirm"),
    "new_password_title": ("设置新密码", "Choose a new password"),
    "new_password_hint": (
        "您正在使用一次性密码，请先设置自己的密码。",
        "You signed in with a one-time password: choose your own before you go on.",
    ),
    "password_rules": (
        "至少 10 个字符，不能包含账号名，也不能是常见密码。",
        "At least 10 characters, without the account's name, and not a common password.",
    ),
    "old_password": ("现在的密码", "Present password"),
    "new_password": ("新密码", "New password"),
    "repeat_password": ("再输入一次", "The same again"),
    "password_too_short": ("新密码太短：至少 10 个字符。", "Too short: at least 10 characters."),
    "password_too_long": ("新密码太长：最多 200 个字符。", "Too long: at most 200 characters."),
    "password_names_you": (
        "新密码里包含账号名，请换一个。",
        "It contains the account's name: choose another.",
    ),
    "password_common": (
        "这是常见密码，很容易被猜到，请换一个。",
        "This password is too common: choose another.",
    ),
    "password_unchanged": (
        "新密码与现在的密码相同，请换一个。",
        "It is the present password: choose another.",
    ),
    "passwords_differ": ("两次输入的新密码不一致。", "The two new passwords differ."),
    "password_saved": (
        "密码已修改，其他设备已全部退出。",
        "Password changed; you are signed out everywhere else.",
    ),
    "change_password": ("修改密码", "Change password"),
    "enrol_title": ("开启两步验证", "Turn the second factor on"),
    "enrol_required": (
        "管理员账号必须开启两步验证后才能使用。",
        "Accounts of administrators must have a second factor before they can be used.",
    ),
    "enrol_scan": (
        "用手机上的验证器应用扫描二维码，再输入它显示的 6 位数字。",
        "Scan the QR code with an authenticator app, then enter the 6 digits that it shows.",
    ),
    "enrol_by_hand": ("不能扫码时手工输入密钥：", "If scanning is not possible, type this key:"),
    "qr_of_key": ("两步验证密钥的二维码", "QR code of the key"),
    "recovery_title": ("恢复码", "Recovery codes"),
    "recovery_hint": (
        "请抄写或打印并妥善保管：每个只能用一次，以后不再显示。",
        "Write them down or print them and keep them safe: each works once, and they are not shown again.",
    ),
    "recovery_left": ("还剩 {n} 个恢复码", "{n} recovery codes left"),
    "go_on": ("继续", "Go on"),
    "factor_on": ("已开启", "On"),
    "factor_off": ("未开启", "Off"),
    "factor_renew": ("更换验证器", "Use another authenticator"),
    "factor_turn_on": ("开启", "Turn on"),
    "your_sessions": ("登录的设备", "Where you are signed in"),
    "sign_out_everywhere": ("在所有设备上退出", "Sign out everywhere"),
    "session_here": ("当前", "this one"),
    "session_since": ("登录于 {at}", "since {at}"),
    "session_seen": ("最近使用 {at}", "last used {at}"),
    "role_main": ("总馆管理", "Main library"),
    "role_branch": ("分馆（网点）", "Branch"),
    "role_viewer": ("只读", "Viewer"),
    "all_places": ("全部网点", "All places"),
    "signed_out": ("您已退出。", "You are signed out."),
}
