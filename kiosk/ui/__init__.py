"""The screen: the only part of the kiosk that knows Kivy.

Renders `kiosk.view_data` and reports touches; it decides nothing and does no I/O of its own. The door is
`kiosk.ui.window.run`. Every other module here may be imported only after `environment.prepare`, since
Kivy reads its configuration once, while it is imported.
"""
