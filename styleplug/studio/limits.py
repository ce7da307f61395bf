"""What a service does at most, all in one place: each limit has its own error (`problems.py`)."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 10**6


@dataclass(frozen=True)
class Limits:
    """Bounds of one service.

    Args:
        upload_bytes: of one picture.
        message_bytes: of any other request's body.
        pixels: of a picture, its width times its height.
        jobs: that one owner may have waiting or running.
        all_jobs: likewise, of all owners together.
        paintings: of one job.
        disk_bytes: that uploads, results and previews take together; the oldest give way.
        kept_jobs: of the history, likewise.
        kept_uploads: likewise.
        job_seconds: that one job may take; a painting is kept as it is then.
        checkpoint_seconds: between two savings of the state of a painting, which is then what a
            service that was killed has lost at most.
        picture_seconds: that reading a picture, or making it small, may take.
        uploads_at_once: that one owner may send; further ones wait for their turn.
        streams: of events that one owner may hear at once.
        all_streams: likewise, of all owners together.
        silence_seconds: after which a client that sends or takes nothing is given up.
        upload_seconds: that one body may take altogether.
        header_seconds: that a connection may take to say what it wants.
        connections: at once; further ones are told that the service is busy.
    """

    upload_bytes: int = 256 * MEGABYTE
    message_bytes: int = MEGABYTE
    pixels: int = 2**27
    jobs: int = 50
    all_jobs: int = 200
    paintings: int = 8
    disk_bytes: int = 4000 * MEGABYTE
    kept_jobs: int = 500
    kept_uploads: int = 1000
    job_seconds: float = 3600.0
    checkpoint_seconds: int = 30
    picture_seconds: float = 120.0
    uploads_at_once: int = 4
    streams: int = 128
    all_streams: int = 256
    silence_seconds: float = 20.0
    upload_seconds: float = 300.0
    header_seconds: float = 10.0
    connections: int = 512
