"""What staff do to book tags on a live reader: read, write, convert, tag a crate, undo."""
