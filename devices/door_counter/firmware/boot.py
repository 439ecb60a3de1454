"""Nothing is needed before `main.py`; a boot.py of the maker's example must not be left there."""
