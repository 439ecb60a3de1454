"""The simulated village in a browser: cards to tap, books to lay on the pad, wires to pull, a mirror."""
