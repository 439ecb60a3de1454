"""A barcode and QR scanner that sends text over a serial line, real or USB CDC."""
