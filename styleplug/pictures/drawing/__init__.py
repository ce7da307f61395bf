"""The programs that drew the bundled paintings: a module for each, with its `draw`.

The same width and seed give the same pixels again.
"""
