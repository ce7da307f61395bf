"""Pictures as files and as pixels: reading, converting, resizing, writing."""
