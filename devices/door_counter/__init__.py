"""A door counter that stands alone: a node with two beams that speaks to the broker itself, by `firmware`."""
