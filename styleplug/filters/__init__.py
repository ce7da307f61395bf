"""Feed-forward filters: the style of a painting in one pass of a small network."""
