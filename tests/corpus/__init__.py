"""A corpus of small pictures of every kind that is read, made here, one file a family of formats.

What styleplug reads is compared with what another decoder reads, and what it writes back with what
ExifTool finds in the original.
"""
