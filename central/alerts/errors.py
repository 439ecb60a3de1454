"""What goes wrong on the way out."""


class DeliveryError(Exception):
    """A message was not taken: what failed, for staff; no secret, no address of a person."""
