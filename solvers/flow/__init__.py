"""The steady laminar flow past bodies: a face for the rest of Fusiform, which imports nothing from inside."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
