"""Words of the page of users and of API tokens."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "users_title": ("用户", "Users"),
    "display_name": ("姓名", "Name"),
    "role": ("角色", "Role"),
    "role_hint": (
        "总馆管理：全部权限；分馆：查看并处理自己的网点；只读：查看，不能修改，不显示个人信息。",
        "Main library: everything. Branch: sees and handles its own places. Viewer: reads, changes nothing, "
        "sees no personal data.",
    ),
    "user_places": ("网点", "Places"),
    "user_places_hint": (
        "填写网点编号，用逗号或换行隔开；留空表示全部网点（分馆角色必填）。",
        "Ids of places, separated by commas or lines; empty means all (a branch needs at least one).",
    ),
    "places_known": ("网点编号一览", "Ids of all places"),
    "user_state": ("状态", "State"),
    "user_active": ("启用", "Active"),
    "user_disabled": ("停用账号", "Disabled"),
    "user_one_time": ("待改密码", "One-time password"),
    "user_factor": ("两步验证", "Second factor"),
    "user_add": ("添加用户", "Add a user"),
    "user_save": ("保存", "Save"),
    "user_edit": ("修改", "Change"),
    "user_reset": ("重置密码", "Reset password"),
    "user_reset_hint": (
        "生成新的一次性密码，并关闭其两步验证，所有设备退出。",
        "Makes a new one-time password, turns the second factor off and signs out everywhere.",
    ),
    "user_disable": ("停用", "Disable"),
    "user_enable": ("启用账号", "Enable"),
    "user_password_once": (
        "{name} 的一次性密码（只显示这一次）：",
        "One-time password of {name}, shown this once:",
    ),
    "user_you": ("本人", "you"),
    "bad_name": (
        "账号名只能用小写字母、数字、点、横线，2–32 个字符，以字母开头。",
        "An account's name has 2 to 32 small letters, digits, dots or hyphens and begins with a letter.",
    ),
    "bad_display_name": ("请填写姓名，最多 40 个字。", "Fill in a name of at most 40 characters."),
    "name_taken": ("这个账号名已经有人使用。", "This account name is taken."),
    "no_such_account": ("没有这个账号。", "There is no such account."),
    "unknown_place": ("没有这个网点编号：{detail}", "No place has the id {detail}."),
    "places_needed": ("分馆角色至少要有一个网点。", "A branch needs at least one place."),
    "last_main": (
        "至少要保留一个启用的总馆管理账号。",
        "At least one active account of the main library must remain.",
    ),
    "tokens_title": ("接口令牌", "API tokens"),
    "tokens_hint": (
        "供其他系统通过 REST 接口访问。令牌随创建人账号停用而失效。",
        "For other systems that use REST. A token ends when the account that made it does.",
    ),
    "token_name": ("用途", "Purpose"),
    "token_scope": ("范围", "Scope"),
    "scope_read": ("读取", "Read"),
    "scope_manage": ("读取与修改", "Read and change"),
    "token_days": ("有效天数", "Valid for days"),
    "token_expires": ("到期", "Expires"),
    "token_expired": ("已到期", "Expired"),
    "token_maker": ("创建人", "Made by"),
    "token_used": ("最近使用", "Last used"),
    "token_make": ("创建令牌", "Make a token"),
    "token_revoke": ("撤销", "Revoke"),
    "token_once": ("令牌 {name}（只显示这一次）：", "Token {name}, shown this once:"),
    "tokens_none": ("还没有令牌。", "There are none."),
    "token_bad_name": ("请填写用途，最多 40 个字。", "Fill in what it is for, at most 40 characters."),
    "token_bad_days": ("有效天数为 1 到 730。", "A token is valid for 1 to 730 days."),
}
