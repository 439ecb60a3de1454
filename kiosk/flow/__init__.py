"""What a visit is: pure values and functions. Opens nothing, sleeps never, asks no clock."""
