"""What a picture file says besides its pixels: EXIF, XMP, IPTC, sidecars and the rest."""
