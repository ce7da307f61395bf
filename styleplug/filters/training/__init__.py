"""Training: a network for filters from nothing, or one style for a network that stands."""
