"""A body of revolution in space: a component that the browser draws and turns, and a picture as PNG."""
