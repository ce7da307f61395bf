"""What commands need that optional extras bring."""

from __future__ import annotations


def import_studio() -> None:
    """Make sure that a service can run.

    Raises:
        MissingDependencyError: a package of the extra "studio" isn't installed.
    """
    from styleplug.extras import import_extra

    for package in ("starlette", "uvicorn", "python_multipart"):
        import_extra(package, "studio")


def import_video() -> None:
    """Make sure that videos can be read, written, and looked at for motion.

    Raises:
        MissingDependencyError: a package of the extra "video" isn't installed.
    """
    from styleplug.extras import import_extra

    for package in ("av", "cv2"):
        import_extra(package, "video")
