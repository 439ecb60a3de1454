"""The screen's measures, and refusing what cannot work."""

from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.ui.environment import ScreenSettings, ScreenUnavailable, prepare


def test_the_usual_panel_is_drawn_in_true_millimetres() -> None:
    screen = ScreenSettings()
    assert screen.enlargement == 1.0
    assert screen.height_mm == pytest.approx(135.6, abs=0.1)
    assert screen.dpi == pytest.approx(1280 / (217 / 25.4))


@pytest.mark.parametrize(
    ("width_px", "height_px", "width_mm", "enlargement"),
    [(1920, 1080, 344, 1.43), (1080, 1920, 300, 1.6), (800, 1280, 136, 1.0)],
)
def test_larger_panels_are_drawn_larger(
    width_px: int, height_px: int, width_mm: float, enlargement: float
) -> None:
    assert ScreenSettings(width_px, height_px, width_mm).enlargement == pytest.approx(enlargement, abs=0.01)


def test_a_panel_too_small_for_fingers_is_refused() -> None:
    with pytest.raises(ValueError, match=r"154 x 90 mm is too small for touch targets"):
        ScreenSettings(1024, 600, 154)


def test_a_screen_without_size_is_refused() -> None:
    with pytest.raises(ValueError, match="width_mm must be more than 0"):
        ScreenSettings(width_mm=0)


def test_without_a_display_it_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("SDL_VIDEODRIVER", raising=False)
    with pytest.raises(ScreenUnavailable, match="DISPLAY is not set; start the kiosk in its X11 session"):
        prepare(ScreenSettings())


def test_without_fonts_it_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(ScreenUnavailable, match=r"no font .*sans-sc-regular\.otf; run make set-up"):
        prepare(replace(ScreenSettings(), fonts=tmp_path))
