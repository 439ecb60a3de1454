"""For staff: every device with how it is, and what can be done with the kiosk as a whole."""

from kiosk.ui.screens.account import AccountPage


class StaffPage(AccountPage):
    """The same ledger as a reader's account: rows on one side, figures and buttons on the other."""
