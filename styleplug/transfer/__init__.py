"""The optimisation over the pixels: losses, targets, solvers, and the pyramid of scales."""
