"""The Jacobian of the equations, factorised by static condensation: elements, then sectors, then the ring of sectors.

Every step eliminates a group of unknowns that touch only few others, for all elements or sectors of all bodies at once.
Only gathers, products and inverses of batches of small dense matrices occur.
"""
