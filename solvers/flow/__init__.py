"""The steady laminar flow past bodies: what the rest of Fusiform asks of it. Nothing else reaches inside."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
