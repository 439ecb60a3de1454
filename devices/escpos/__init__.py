"""Receipt printers that speak ESC/POS and hold a Chinese font."""
