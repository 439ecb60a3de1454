"""What the simulated ILS says to readers: Koha's wording is each one's value, a Chinese ILS's is a table."""

from collections.abc import Mapping
from enum import Enum

from hardware_sim.ils.circulation import Block, Refusal

Wording = Mapping[Enum, str]


class Phrase(Enum):
    GREETING = "Greetings from Mazhang."
    NO_SUCH_READER = "Invalid cardnumber"
    NO_SUCH_ITEM = "Invalid Item"
    WRONG_PIN = "-- Invalid password"
    RENEWED = "Item already checked out to you: renewing item."
    NO_SUCH_HOLD = "No such hold"
    GOODBYE = "Thank you !"


CHINESE: Wording = {
    Phrase.GREETING: "欢迎使用麻章区图书馆。",
    Phrase.NO_SUCH_READER: "读者证号不存在",
    Phrase.NO_SUCH_ITEM: "册条码号不存在",
    Phrase.WRONG_PIN: "密码不正确。",
    Phrase.RENEWED: "此册已由您借阅，现作续借处理。",
    Phrase.NO_SUCH_HOLD: "没有这项预约",
    Phrase.GOODBYE: "谢谢！",
    Block.EXPIRED: "读者证已过期。",
    Block.BLOCKED: "读者证已停用，请联系工作人员。",
    Block.LOST: "读者证已挂失。",
    Block.OWES: "欠费 {owes} 元。",
    Block.OVERDUE: "有图书超期未还。",
    Refusal.UNKNOWN_READER: "读者证号不存在",
    Refusal.UNKNOWN_ITEM: "册条码号不存在",
    Refusal.BLOCKED: "借书操作被拒绝：读者权限已停止",
    Refusal.ON_LOAN: "此册已被其他读者借出",
    Refusal.NOT_FOR_LOAN: "此册仅供馆内阅览",
    Refusal.ON_HOLD: "此册为其他读者预约保留",
    Refusal.TOO_MANY: "已达到可借册数上限",
    Refusal.FEE: "",
    Refusal.NOT_BORROWED: "此册不在 {name} 名下",
    Refusal.AWAITED: "此册已有其他读者预约，不能续借",
    Refusal.RENEWALS: "已达到续借次数上限",
}


def said(what: Enum, wording: Wording) -> str:
    """In the server's own wording, else in Koha's."""
    return str(wording.get(what, what.value))
