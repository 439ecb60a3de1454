"""The kiosk: what a reader touches at an unattended library point."""
