"""The templates that are shipped, as `PAPER.LANGUAGE.txt`; their syntax is `kiosk.receipts.template`."""
