"""What stands on paper: templates that a library can edit, filled with what a visit has come to.

`template` is the syntax, `papers` the values of each paper, `library` finds the files, and
`python -m kiosk.receipts` shows them as they will be printed.
"""
