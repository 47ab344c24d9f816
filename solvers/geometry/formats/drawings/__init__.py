"""The outline of a body in .svg and .dxf drawings, and among the sides of a section."""
