"""What screens are put together from. Each widget takes its part of the view data in `paint`."""
