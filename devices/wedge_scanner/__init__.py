"""A scanner that poses as a keyboard, read from its own event device."""
