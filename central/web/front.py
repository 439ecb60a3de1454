"""Puts together what the web stands on: accounts in the office, limits of sessions, cookies.

It leaves the pages to their files and the process to `central.service`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from central.accounts.entrance import Entrance
from central.accounts.passwords import Hasher
from central.accounts.register import Register
from central.accounts.sessions import Limits, Sessions
from central.accounts.tokens import Tokens
from central.board import Board
from central.dispatch import Dispatch, dispatched
from central.listening import SecondFactor, Web
from central.office import Office
from central.reader_cards import ReaderCardKeys
from central.web.forms import Cookies
from central.web.shell import Accounts, Shell
from central.work import Work


def make_shell(
    board: Board,
    office: Office,
    web: Web,
    receiving: Callable[[], bool],
    hasher: Hasher,
    *,
    work: Callable[[], Work] = Work,
    cards: ReaderCardKeys | None = None,
    dispatch: Dispatch | None = None,
) -> Shell:
    """Everything the web's pages are given; makes the tables that are missing."""
    limits = Limits(
        idle=timedelta(minutes=web.idle_minutes),
        longest=timedelta(hours=web.longest_hours),
        factor_required=web.second_factor is SecondFactor.REQUIRED,
    )
    accounts = Accounts(
        register=Register(office, hasher, [place.id for place in board.places.place]),
        entrance=Entrance(office, hasher),
        sessions=Sessions(office, limits),
        tokens=Tokens(office),
    )
    accounts.sessions.forget_old(board.now())
    return Shell(
        board,
        office,
        accounts,
        Cookies(web.secure),
        receiving,
        work,
        cards,
        dispatch=dispatch or dispatched(office, board.store, board.places),
    )


def first_start(shell: Shell, now: datetime) -> str:
    """What to print when the very first account was made; else nothing."""
    password = shell.accounts.register.first_start(now)
    if password is None:
        return ""
    return (
        f"首次启动 first start: user main, one-time password {password}\n"
        "（只显示这一次，首次登录时必须修改；遗失时运行 python -m central users reset main --config …）\n"
        "(shown this once and to be changed at the first sign-in; "
        "if lost: python -m central users reset main --config …)"
    )
