"""Training methods for networks whose outputs solve equations; usable without the flow."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
