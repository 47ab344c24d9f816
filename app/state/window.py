"""A rectangle of the plane of the flow, in d, and the one that the drawing of a design keeps to."""

from __future__ import annotations

from dataclasses import dataclass

Share = tuple[float, float, float, float]
"""Left, bottom, right and top of a part of a window, as shares of its width and height."""


@dataclass(frozen=True)
class Window:
    """A rectangle of the plane, in d."""

    left: float
    right: float
    bottom: float
    top: float

    def moved(self, shift: complex) -> Window:
        """The rectangle displaced by `shift`."""
        return Window(self.left + shift.real, self.right + shift.real, self.bottom + shift.imag, self.top + shift.imag)

    def part(self, share: Share) -> Window:
        """The part of this rectangle that `share` names."""
        left, bottom, right, top = share
        width, height = self.right - self.left, self.top - self.bottom
        return Window(
            self.left + left * width,
            self.left + right * width,
            self.bottom + bottom * height,
            self.bottom + top * height,
        )


@dataclass(frozen=True)
class Home:
    """The `window` of the whole drawing, chosen with or without the `wake` for a body whose map has this `origin`."""

    wake: bool
    window: Window
    origin: complex
