"""NXP PN532 contactless chip on a serial line (HSU): the reader of library cards."""
