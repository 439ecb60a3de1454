"""Two light beams across a door, on the pins of the board."""
