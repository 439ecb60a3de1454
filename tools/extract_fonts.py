"""Take the Simplified Chinese faces out of Debian's Noto Sans CJK collections.

Face 0 of the collection is Japanese (直 令 骨 look wrong in it) and Kivy can only open face 0, so
set-up saves the SC faces as files of their own: `python tools/extract_fonts.py FOLDER`.
"""

import sys
from pathlib import Path

from fontTools.ttLib import TTCollection

SOURCE = Path("/usr/share/fonts/opentype/noto")
FACES = {"NotoSansCJK-Regular.ttc": "sans-sc-regular.otf", "NotoSansCJK-Bold.ttc": "sans-sc-bold.otf"}


def extract(folder: Path) -> None:
    """Write one .otf per entry of FACES into `folder`; raises StopIteration if a face is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for collection, target in FACES.items():
        fonts = TTCollection(SOURCE / collection, lazy=True).fonts
        face = next(f for f in fonts if f["name"].getDebugName(4).startswith("Noto Sans CJK SC"))
        face.save(folder / target)


if __name__ == "__main__":
    extract(Path(sys.argv[1]))
