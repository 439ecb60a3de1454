"""A reader of Chinese resident ID cards with a security module (SAM_V, GA 467)."""
