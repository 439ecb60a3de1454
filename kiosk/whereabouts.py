"""What may be logged of an error nobody foresaw: its kind and place.

Never its text, which may quote a reader.
"""

import traceback
from pathlib import Path


def whereabouts(error: BaseException) -> str:
    """`KeyError in paint (idle.py:31)`."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    last = frames[-1]
    return f"{type(error).__name__} in {last.name} ({Path(last.filename).name}:{last.lineno})"
