"""A video is made whole: steady, with its sound and timing, and after any end it goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from clips import Clip, pan, warping_error, write_clip, zoom

from styleplug.errors import Cancelled, StyleplugError, VideoError
from styleplug.video import run as video_run
from styleplug.video.events import FrameDone, VideoDone, VideoEvent, VideoPlanned

SIZE = (96, 64)
COUNT = 8
Make = Callable[..., list[VideoEvent]]

PAN = pan("harbour.jpg", COUNT, SIZE, (1.4, 0.6))
ZOOM = zoom("harbour.jpg", COUNT, SIZE, 1.01)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "in.mp4", PAN.frames())


def numbers(events: list[VideoEvent], *, firsts: bool = False) -> list[int]:
    """Of the frames that were painted, or of those that begin a scene."""
    done = [event for event in events if isinstance(event, FrameDone)]
    return [event.number for event in done if event.is_first or not firsts]


@pytest.mark.parametrize("shot", [PAN, ZOOM], ids=["pan", "zoom"])
def test_what_flickers_is_held(shot, make: Make, tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", shot.frames(), sound=False)
    make(source, "held.mp4", quality=4)
    make(source, "each.mp4", quality=4, steadiness=0)
    held, each = (
        warping_error(Clip.read(tmp_path / name).frames, shot) for name in ("held.mp4", "each.mp4")
    )
    assert held < each / 2


def test_sound_and_times_stay(make: Make, tmp_path: Path) -> None:
    times = [7, 47, 120, 131, 171, 300, 340, 380]
    source = write_clip(tmp_path / "in.mp4", PAN.frames(), times)
    make(source)
    before, after = Clip.read(source), Clip.read(tmp_path / "out.mp4")
    assert after.times == before.times
    assert after.times[0] * 1000 == 7
    assert after.sound == before.sound
    assert len(after.sound) > 3


def test_colours_stay_where_nothing_is_done(make: Make, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("flicker_plugin.SPOTS", 0)
    frames = [np.full((64, 96, 3), colour, np.uint8) for colour in ((200, 40, 30), (20, 60, 190))]
    make(write_clip(tmp_path / "in.mp4", frames, sound=False))
    for before, after in zip(frames, Clip.read(tmp_path / "out.mp4").frames, strict=True):
        assert np.abs(before.astype(int) - after).max() <= 4


def test_a_scene_begins_afresh_at_a_cut(make: Make, tmp_path: Path) -> None:
    other = zoom("mosaic.jpg", 4, SIZE, 1.01).frames()
    events = make(write_clip(tmp_path / "in.mp4", [*PAN.frames(), *other], sound=False))
    assert numbers(events, firsts=True) == [0, COUNT]
    assert events[-1] == VideoDone(COUNT + 4, scenes=2)


def test_a_side_may_be_odd(make: Make, tmp_path: Path) -> None:
    frames = [frame[:63, :95] for frame in PAN.frames()]
    source = write_clip(tmp_path / "in.mkv", frames, sound=False, pixels="yuv444p")
    make(source)
    assert Clip.read(tmp_path / "out.mp4").frames[0].shape == (64, 96, 3)


def test_a_phones_video_comes_out_upright(make: Make, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("flicker_plugin.SPOTS", 0)
    frame = np.zeros((64, 96, 3), np.uint8)
    frame[:, :48] = 200
    source = write_clip(tmp_path / "in.mp4", [frame] * 2, sound=False)
    data = bytearray(source.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40
    turned = [0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30]  # a quarter, clockwise
    data[matrix : matrix + 36] = b"".join(v.to_bytes(4, "big", signed=True) for v in turned)
    source.write_bytes(data)
    make(source)
    [upright, _] = Clip.read(tmp_path / "out.mp4").frames
    assert upright.shape == (96, 64, 3)
    assert upright[:40].mean() > 190, "what was left is above"
    assert upright[-40:].mean() < 10


def test_the_same_job_goes_on_and_another_is_refused(
    make: Make, source: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(video_run, "FRAMES_PER_SEGMENT", 3)
    make(source, "whole.mp4")
    for last in (1, 4):  # within a segment, and at the end of the second one's second frame
        with pytest.raises(Cancelled):
            make(source, stop_after=last)
    assert not (tmp_path / "out.mp4").exists()
    with pytest.raises(VideoError, match="other options"):
        make(source, quality=30)
    events = make(source)
    assert events[0] == VideoPlanned(*SIZE, total=COUNT, done=5)
    assert numbers(events) == [5, 6, 7]
    same_frames(tmp_path / "whole.mp4", tmp_path / "out.mp4")
    assert not list(tmp_path.glob(".*")), "nothing is left behind"


def test_other_options_begin_anew_where_that_is_allowed(
    make: Make, source: Path, tmp_path: Path
) -> None:
    with pytest.raises(Cancelled):
        make(source, stop_after=3)
    events = make(source, quality=30, overwrite=True)
    assert numbers(events) == list(range(COUNT))


def test_no_more_frames_are_kept_than_of_one_segment(
    make: Make, source: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(video_run, "FRAMES_PER_SEGMENT", 2)
    with pytest.raises(Cancelled):
        make(source, stop_after=6)
    frames = list((tmp_path / ".out.mp4.styleplug").rglob("*.png"))
    assert len(frames) <= 2


@pytest.mark.slow
def test_a_killed_run_goes_on_to_the_same_frames(
    source: Path, tmp_path: Path, install_plugin: Callable[[str], None], without_torch: None
) -> None:
    install_plugin("flicker")

    def styleplug(output: str, kills: int = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "styleplug", "video", source, "--filter", "flicker"]
        return subprocess.run(
            [*map(str, command), "-o", str(tmp_path / output), "--json"],
            capture_output=True,
            env={**os.environ, "FLICKER_KILLS": str(kills)},
            text=True,
            timeout=120,
            check=False,
        )

    assert styleplug("whole.mp4").returncode == 0
    assert styleplug("out.mp4", kills=5).returncode == -signal.SIGKILL
    assert not (tmp_path / "out.mp4").exists()
    again = styleplug("out.mp4")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout.splitlines()[0])["done"] == 4
    same_frames(tmp_path / "whole.mp4", tmp_path / "out.mp4")


def same_frames(one: Path, other: Path) -> None:
    for before, after in zip(Clip.read(one).frames, Clip.read(other).frames, strict=True):
        np.testing.assert_array_equal(before, after)


def refused(make: Make, source: Path, output: str = "out.mp4") -> str:
    """Why a video isn't made; nothing is left then."""
    folder = source.parent if source.parent.is_dir() else Path()
    before = set(folder.iterdir())
    with pytest.raises(StyleplugError) as caught:
        make(source, output)
    assert set(folder.iterdir()) == before
    return str(caught.value)


def test_what_is_no_video_is_refused(make: Make, source: Path, tmp_path: Path) -> None:
    assert "No such file" in refused(make, tmp_path / "none.mp4")
    (tmp_path / "text.mp4").write_text("no video" * 100)
    assert "is no video" in refused(make, tmp_path / "text.mp4")
    (tmp_path / "cut.mp4").write_bytes(source.read_bytes()[:-2000])
    assert "is no video" in refused(make, tmp_path / "cut.mp4")
    from PIL import Image

    Image.new("RGB", (64, 64)).save(tmp_path / "picture.png")
    assert "is no video" in refused(make, tmp_path / "picture.png")
    assert "use one of .mp4" in refused(make, source, "out.webm")
    assert "is the input" in refused(make, source, "in.mp4")
    (tmp_path / "there.mp4").touch()
    assert "exists already" in refused(make, source, "there.mp4")


def test_no_address_is_asked_for_a_video(
    make: Make, tmp_path: Path, file_server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by its name, nor by a playlist that looks like a video."""
    server = file_server(b"")
    monkeypatch.chdir(tmp_path)
    assert "can't be read" in refused(make, Path(f"{server.base}/in.mp4"))
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{server.base}/in.ts\n"
    (tmp_path / "list.m3u8").write_text(playlist)
    refused(make, tmp_path / "list.m3u8")
    assert server.requests == []


def test_sound_alone_is_refused(make: Make, tmp_path: Path) -> None:
    import av

    path = tmp_path / "sound.m4a"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("aac", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.int16), "s16", "mono")
        frame.sample_rate = 8000
        file.mux([*stream.encode(frame), *stream.encode(None)])
    assert "no video track" in refused(make, path)


def test_damage_in_the_middle_is_told_with_its_time(make: Make, tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", PAN.frames() * 3, sound=False)
    data = bytearray(source.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    source.write_bytes(data)
    with pytest.raises(VideoError, match=r"is damaged after 0:0\d\.\d\d"):
        make(source)
    assert not (tmp_path / "out.mp4").exists()


def test_a_video_that_ends_early_is_made_as_far_as_it_goes(
    make: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = write_clip(tmp_path / "in.mkv", PAN.frames(), sound=False)
    source.write_bytes(source.read_bytes()[: source.stat().st_size // 2])
    make(source)
    assert "frames of the 8 that it says" in caplog.text
    assert len(Clip.read(tmp_path / "out.mp4").frames) < COUNT


def test_a_full_disk_is_named_and_the_work_goes_on_once_there_is_room(
    make: Make, small_disk: Path, tmp_path: Path
) -> None:
    source = write_clip(tmp_path / "in.mp4", pan("harbour.jpg", 12, (512, 384), (1, 1)).frames())
    with pytest.raises(VideoError, match=r"No space left on device.*free some space"):
        make(source, small_disk / "out.mp4")
    assert [path.name for path in small_disk.iterdir()] == [".out.mp4.styleplug"]
