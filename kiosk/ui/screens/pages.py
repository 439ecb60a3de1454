"""Which page renders which screen."""

from kiosk.ui.screens.account import AccountPage
from kiosk.ui.screens.idle import IdlePage
from kiosk.ui.screens.message import MessagePage
from kiosk.ui.screens.page import Page
from kiosk.ui.screens.pin import PinPage
from kiosk.ui.screens.receipt import ReceiptPage
from kiosk.ui.screens.result import ResultPage
from kiosk.ui.screens.stack import StackPage
from kiosk.ui.screens.staff import StaffPage
from kiosk.ui.screens.staff_step import StaffStepPage
from kiosk.ui.screens.working import WorkingPage
from kiosk.view_data import (
    AccountScreen,
    IdleScreen,
    MessageScreen,
    PinScreen,
    ReceiptScreen,
    ResultScreen,
    Screen,
    StackScreen,
    StaffScreen,
    StaffStepScreen,
    WorkingScreen,
)

PAGES: dict[type[Screen], type[Page]] = {
    IdleScreen: IdlePage,
    StackScreen: StackPage,
    WorkingScreen: WorkingPage,
    ResultScreen: ResultPage,
    ReceiptScreen: ReceiptPage,
    MessageScreen: MessagePage,
    AccountScreen: AccountPage,
    PinScreen: PinPage,
    StaffScreen: StaffPage,
    StaffStepScreen: StaffStepPage,
}
