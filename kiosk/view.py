"""`view(session, texts)`: what stands on the screen. Pure; chooses the screen from the session alone."""

from collections.abc import Callable, Mapping
from math import ceil

from devices.kinds import Kind
from kiosk import wording
from kiosk.flow import answers, circulate, remote, stack, visit
from kiosk.flow.session import Language, Message, Session, Stage
from kiosk.flow.touch import Action
from kiosk.texts import Texts
from kiosk.view_account import account_screen, pin_screen
from kiosk.view_books import result_screen, stack_screen, working_screen
from kiosk.view_data import (
    IdleScreen,
    Line,
    MessageScreen,
    Overlay,
    Picture,
    Rank,
    Screen,
    Tone,
    ViewData,
)
from kiosk.view_parts import button, day_of, header_of, hint_line, ils_line, phone, sentences
from kiosk.view_staff import staff_code_screen, staff_screen, staff_warning, with_way_in

NOTICE_CHARACTERS = {Language.ZH: 40, Language.EN: 80}
NEEDS_PAD = {Stage.IDLE, Stage.SIGNING_IN, Stage.STACK, Stage.WORKING}


def view(session: Session, texts: Mapping[Language, Texts]) -> ViewData:
    """The whole screen for `session`, in its language."""
    say = texts[session.language]
    if session.stage in NEEDS_PAD and session.away(Kind.TAG_READER):
        screen: Screen = _pad_away(session, say)
    else:
        screen = SCREENS[session.stage](session, say)
    overlay = _fee_question(session, say) or _warning(session, say) or staff_warning(session, say)
    large_type = session.large_type and screen.header.larger is not None
    return ViewData(with_way_in(screen, session, say), overlay, large_type)


# -- nobody here -----------------------------------------------------------------------------------------


def _idle(session: Session, say: Texts) -> IdleScreen:
    count = len(stack.books(session))
    pad = None
    if count:
        text = say.many(
            "{n} book on the pad: tap your card to borrow it, or touch Return.",
            "{n} books on the pad: tap your card to borrow them, or touch Return.",
            n=count,
        )
        pad = Line(text, Tone.NEUTRAL)
    return IdleScreen(
        header=header_of(session, say),
        headline=say("Borrow and return here"),
        steps=(
            say("Tap your reader card"),
            say("Put your books on the pad"),
            say("Confirm, and take them home"),
        ),
        buttons=(button(say("Return books"), Action.START_RETURN, Rank.PRIMARY),),
        pad=pad,
        notice=hint_line(session, say) or ils_line(session, say) or _notice(session, say),
    )


def _starting(session: Session, say: Texts) -> MessageScreen:
    checking = session.recovered and session.unsettled()
    return MessageScreen(
        header=header_of(session, say),
        picture=Picture.WAIT,
        tone=Tone.BUSY,
        title=say("One moment"),
        text=say("The last visit was cut short. Checking that every book is in order…")
        if checking
        else say("The kiosk is getting ready…"),
        advice="",
    )


def _signing_in(session: Session, say: Texts) -> MessageScreen:
    return MessageScreen(
        header=header_of(session, say),
        picture=Picture.TAP_CARD,
        tone=Tone.BUSY,
        title=say("One moment"),
        text=say("Looking up your card…"),
        advice="",
    )


def _out_of_service(session: Session, say: Texts) -> MessageScreen:
    return MessageScreen(
        header=header_of(session, say),
        picture=Picture.STOP,
        tone=Tone.BAD,
        title=say("Out of service"),
        text=say("This kiosk needs the staff. The library has been told."),
        advice=phone(session, say),
    )


def _closed(session: Session, say: Texts) -> MessageScreen:
    if session.power.on_battery and not session.closed:
        return _power_out(session, say)
    return MessageScreen(
        header=header_of(session, say),
        picture=Picture.STOP,
        tone=Tone.WARN,
        title=say("Out of service"),
        text=session.closure.reason or say("The library has closed this kiosk for a while."),
        advice=sentences(say, _until(session, say), phone(session, say)),
    )


def _power_out(session: Session, say: Texts) -> MessageScreen:
    return MessageScreen(
        header=header_of(session, say),
        picture=Picture.UNPLUGGED,
        tone=Tone.WARN,
        title=say("The power is out"),
        text=say("This kiosk runs on its battery and serves nobody new. What was already done stands."),
        advice=sentences(say, say("It goes on by itself when the power is back."), phone(session, say)),
    )


def _until(session: Session, say: Texts) -> str:
    """When a closed kiosk opens again, as far as anybody said."""
    until = session.closure.until
    if until is None:
        return ""
    local = until.astimezone(session.local.tzinfo)
    if local.date() == session.local.date():
        return say("It opens again at {time}.", time=f"{local:%H:%M}")
    day = day_of(local.date().isoformat(), session, say)
    return say("It opens again on {day} at {time}.", day=day, time=f"{local:%H:%M}")


def _notice(session: Session, say: Texts) -> Line | None:
    """One calm line of what the library announces, in the reader's language where there is one."""
    current = remote.current_notice(session)
    if current is None:
        return None
    if session.language is Language.EN and current.title_en:
        return Line(_on_one_line(current.title_en, ": ", current.body_en, NOTICE_CHARACTERS[Language.EN]))
    return Line(_on_one_line(current.title_zh, "：", current.body_zh, NOTICE_CHARACTERS[Language.ZH]))


def _on_one_line(title: str, between: str, body: str, most: int) -> str:
    """The title, and the text after it if there is room: a screen to borrow at is no notice board."""
    whole = " ".join(between.join(filter(None, (title, body))).split())
    if len(whole) <= most:
        return whole
    title = " ".join(title.split())
    return title if len(title) <= most else title[: most - 1] + "…"


def _pad_away(session: Session, say: Texts) -> MessageScreen:
    text = say("The book pad is not connected. What was already done stands; nothing is lost.")
    waiting = [op for op in session.visit_ops() if circulate.waits_for_tag(session, op)]
    if waiting:
        text = say("The book pad is not connected. Your loans stand; please leave the books where they are.")
    return MessageScreen(
        header=header_of(session, say),
        picture=Picture.UNPLUGGED,
        tone=Tone.WARN,
        title=say("The book pad is away"),
        text=text,
        advice=sentences(say, say("It goes on by itself as soon as the pad is back."), phone(session, say)),
        buttons=(button(say("End"), Action.END),) if session.stage is Stage.STACK else (),
    )


# -- one thing to know -----------------------------------------------------------------------------------


def _message(session: Session, say: Texts) -> MessageScreen:
    if session.message is Message.READER_BLOCKED:
        return _reader_blocked(session, say)
    words = wording.MESSAGE[session.message or Message.ILS_DOWN]
    return MessageScreen(
        header=header_of(session, say),
        picture=words.picture,
        tone=words.tone,
        title=say(words.title),
        text=say(words.text),
        advice=sentences(say, say(words.advice), phone(session, say)),
        buttons=(button(say("Back"), Action.END, Rank.PRIMARY),),
    )


def _reader_blocked(session: Session, say: Texts) -> MessageScreen:
    reason, advice = wording.BLOCK[session.blocked] if session.blocked else ("", "")
    return MessageScreen(
        header=header_of(session, say),
        picture=Picture.STOP,
        tone=Tone.WARN,
        title=say("You cannot borrow now"),
        text=say(reason),
        advice=sentences(say, say(advice) if advice else "", phone(session, say)),
        buttons=(
            button(say("Back"), Action.END),
            button(say("Return books"), Action.SHOW_RETURN, Rank.PRIMARY),
        ),
    )


def _goodbye(session: Session, say: Texts) -> MessageScreen:
    left = bool(session.pad)
    return MessageScreen(
        header=header_of(session, say),
        picture=Picture.DONE,
        tone=Tone.GOOD,
        title=say("Thank you, enjoy reading!"),
        text=say("Please take your books, your card and your receipt.")
        if left
        else say("See you again soon."),
        advice="",
        buttons=(button(say("Done"), Action.END),),
    )


def _fee_question(session: Session, say: Texts) -> Overlay | None:
    """Nothing is lent for money without the reader's yes."""
    op = answers.fee_asked(session)
    if op is None:
        return None
    return Overlay(
        title=say("There is a fee: {fee}", fee=wording.money(op.fee, say.language)),
        text=say(
            "Do you agree to it for this book? {title}", title=say("{title}", title=op.title or op.item_id)
        ),
        seconds=None,
        buttons=(
            button(say("No, leave it out"), Action.DECLINE),
            button(say("I agree"), Action.CONSENT, Rank.PRIMARY),
        ),
    )


def _warning(session: Session, say: Texts) -> Overlay | None:
    left = visit.seconds_left(session)
    if left is None or left > session.rules.warning_s:
        return None
    return Overlay(
        title=say("Are you still there?"),
        text=say("Without a touch the visit ends and the screen is cleared."),
        seconds=max(0, ceil(left)),
        buttons=(
            button(say("End"), Action.NO_RECEIPT if session.stage is Stage.RESULT else Action.END),
            button(say("I am still here"), Action.STAY, Rank.PRIMARY),
        ),
    )


SCREENS: dict[Stage, Callable[[Session, Texts], Screen]] = {
    Stage.STARTING: _starting,
    Stage.IDLE: _idle,
    Stage.SIGNING_IN: _signing_in,
    Stage.PIN: pin_screen,
    Stage.STACK: stack_screen,
    Stage.ACCOUNT: account_screen,
    Stage.WORKING: working_screen,
    Stage.RESULT: result_screen,
    Stage.MESSAGE: _message,
    Stage.GOODBYE: _goodbye,
    Stage.STAFF_CODE: staff_code_screen,
    Stage.STAFF: staff_screen,
    Stage.CLOSED: _closed,
    Stage.OUT_OF_SERVICE: _out_of_service,
}
