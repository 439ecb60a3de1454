"""Words of the pages of disputes."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "disputes_title": ("争议业务", "Disputes"),
    "disputes_hint": (
        "自助机断网时办理、联网后被业务系统拒绝的借还。打开一条才显示读者和图书，打开会记入审计；"
        "了结后个人信息立即从中心删除，最多保留 {n} 天。",
        "Loans and returns done offline that the library system refused later. Reader and item are shown "
        "when you open one, which the audit log notes; they are erased when it is settled, after {n} days "
        "at most.",
    ),
    "disputes_waiting": ("待处理", "Waiting"),
    "disputes_none": ("没有待处理的争议。", "None."),
    "disputes_settled": ("已了结", "Settled"),
    "disputes_settled_none": ("还没有了结过争议。", "None yet."),
    "dispute_done_at": ("办理时间", "Done"),
    "dispute_refused_at": ("被拒时间", "Refused"),
    "dispute_age": ("已等待", "Waiting for"),
    "dispute_open": ("打开", "Open"),
    "dispute_title": ("{what}争议", "Disputed {what}"),
    "dispute_kiosk_side": ("自助机记录", "What the kiosk did"),
    "dispute_ils_side": ("业务系统答复", "What the library system said"),
    "dispute_what": ("业务", "What"),
    "dispute_item": ("图书条码", "Item"),
    "dispute_reader": ("读者证号", "Reader"),
    "dispute_no_reader": ("无（还书不需要读者证）", "none: a return needs no card"),
    "dispute_words": ("系统原话", "Its words"),
    "dispute_no_words": ("没有给出原因", "It gave no reason"),
    "dispute_steps": ("处理步骤", "Steps"),
    "dispute_step_loan_1": (
        "在业务系统按条码查这本书：在架、已借出，还是被预约？",
        "Look the item up in the library system: is it in, on loan, or held?",
    ),
    "dispute_step_loan_2": (
        "书已被读者带走：能补办的，在业务系统为该读者补办借书，应还日按办理时间算。",
        "The reader has the book: if possible enter the loan by hand, due from the time it was done.",
    ),
    "dispute_step_loan_3": (
        "不能补办（挂失、超期、欠费等）：按业务系统的联系方式请读者还书或办理手续。",
        "If not (card lost, overdue, fees): reach the reader through the library system about it.",
    ),
    "dispute_step_loan_4": (
        "事情办完后，在下面选择结果并写明理由；不要写姓名、证号和条码。",
        "When it is done choose the outcome below and say why, without names or numbers.",
    ),
    "dispute_step_return_1": (
        "在业务系统按条码查这本书：是否仍算在某位读者名下？",
        "Look the item up in the library system: is it still on somebody's loan?",
    ),
    "dispute_step_return_2": (
        "仍在借：按办理时间补办还书，以免产生超期。",
        "If so enter the return by hand as of the time it was done, so that no overdue arises.",
    ),
    "dispute_step_return_3": (
        "不在借或查无此书：请志愿者核对书是否在还书箱，属其他馆的送回。",
        "If not, or unknown: have the volunteer look for the book; send it on if it is another library's.",
    ),
    "dispute_step_return_4": (
        "事情办完后，在下面选择结果并写明理由；不要写姓名、证号和条码。",
        "When it is done choose the outcome below and say why, without names or numbers.",
    ),
    "dispute_settle": ("了结这条争议", "Settle"),
    "dispute_settle_hint": (
        "了结后，读者、图书和系统原话立即永久删除。",
        "Reader, item and the system's words are then erased for good.",
    ),
    "dispute_outcome": ("结果", "Outcome"),
    "outcome_entered": ("已在业务系统补办", "Entered in the library system by hand"),
    "outcome_recovered": ("图书已收回", "The book is back"),
    "outcome_right_already": ("核对无误，无需处理", "The system was right: nothing to do"),
    "outcome_lost": ("按遗失处理", "Dealt with as lost"),
    "outcome_expired": ("逾期自动清除", "Erased: nobody settled it in time"),
    "dispute_gone": (
        "这条争议不存在、已经了结，或不属于您的网点。",
        "There is no such dispute, it is settled, or it is not at one of your places.",
    ),
    "dispute_no_reason": ("请写明理由。", "Say why."),
    "dispute_long_reason": ("理由最多 200 字。", "At most 200 characters."),
    "dispute_personal_reason": (
        "理由里不要写读者证号或图书条码：了结后不再保留。",
        "Leave the reader's and the item's number out: they are not to be kept.",
    ),
    "dispute_no_outcome": ("请选择结果。", "Choose the outcome."),
    "dispute_tidied_later": (
        "已了结；数据库暂时无法写入，个人信息将稍后自动删除。",
        "Settled. The database cannot be written just now: what is personal will be erased by itself.",
    ),
    # acts
    "action_dispute.look": ("查看争议", "Dispute looked at"),
    "action_dispute.settle": ("了结争议", "Dispute settled"),
    "action_dispute.expire": ("争议逾期清除", "Dispute erased"),
}
