"""Inverse problems of the flow solver: the body with the least drag, under constraints, certified by the solver."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
