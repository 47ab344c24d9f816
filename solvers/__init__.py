"""The laminar flow solver, its inverse and the bodies it works on."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
