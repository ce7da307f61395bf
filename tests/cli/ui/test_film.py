"""Films of a picture on its way, of which memory never holds more than a frame."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from click.testing import Result
from PIL import Image

from styleplug.cli.ui.film import FIRST, LAST, Film, durations


def shown(path: Path) -> list[tuple[float, np.ndarray]]:
    """Each frame of a film, and when it begins, in seconds."""
    if path.suffix == ".mp4":
        with av.open(str(path)) as file:
            return [(f.time, f.to_ndarray(format="rgb24")) for f in file.decode(video=0)]
    frames, time = [], 0.0
    with Image.open(path) as film:
        for number in range(film.n_frames):
            film.seek(number)
            frames.append((time, np.asarray(film.convert("RGB"))))
            time += film.info["duration"] / 1000
    return frames


@pytest.mark.parametrize("extension", ["gif", "webp", "mp4"])
def test_a_film_has_all_pictures_in_their_time(extension: str, tmp_path: Path) -> None:
    colours = [(0.9, 0.1, 0.1), (0.1, 0.8, 0.1), (0.2, 0.2, 0.9), (0.9, 0.9, 0.1)]
    film = Film((96, 64))
    for number, colour in enumerate(colours):
        film.add(np.full((16 + number, 24, 3), colour, np.float32))
    path = tmp_path / f"film.{extension}"
    film.write(path, overwrite=False)
    frames = shown(path)
    times = [0, *np.cumsum(durations(4))[:-1]]
    assert [time for time, _ in frames] == pytest.approx(times, abs=0.011)
    for (_, frame), colour in zip(frames, colours, strict=True):
        assert frame.shape == (64, 96, 3)
        assert np.abs(frame.mean((0, 1)) / 255 - colour).max() < 0.03


def test_a_film_is_small_whatever_the_picture(tmp_path: Path) -> None:
    film = Film((6000, 3000))
    for level in (0, 1):
        film.add(np.full((30, 60, 3), level, np.float32))
    film.write(tmp_path / "film.gif", overwrite=False)
    assert shown(tmp_path / "film.gif")[0][1].shape == (256, 512, 3)


def test_most_time_is_for_the_beginning_and_the_end() -> None:
    first, *between, last = durations(30)
    assert (first, last) == (FIRST, LAST)
    assert between == sorted(between, reverse=True)
    assert between[0] >= 3 * between[-1]


def test_stylize_films_the_way_from_photograph_to_result(
    paint: Callable[..., Result], folder: Path
) -> None:
    result = paint("--film", "way.gif", "--iterations", "12")
    assert result.exit_code == 0, result.stderr
    frames = [frame.astype(int) for _, frame in shown(folder / "way.gif")]
    assert len(frames) >= 4
    for frame, name in ((frames[0], "photo.png"), (frames[-1], "out.png")):
        with Image.open(folder / name) as picture:
            assert np.abs(frame - np.asarray(picture.convert("RGB"))).mean() < 8
    again = paint("--film", "way.gif", output="other.png")
    assert again.exit_code == 2
    assert "film is 'way.gif', but must be a new file" in again.stderr
    assert not (folder / "other.png").exists()


def test_a_film_of_another_kind_is_refused_before_any_work(
    paint: Callable[..., Result], folder: Path
) -> None:
    for name, why in (("way.avi", "ends in .gif or .webp or .mp4"), ("out.webp", "its own")):
        result = paint("--film", name, output="out.webp")
        assert result.exit_code == 2
        assert why in result.stderr
    assert not (folder / "out.webp").exists()
