from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from styleplug.vgg.gram_cache import LIMIT, GramCache, gram_key

FACTS = {"model_sha256": "abc", "layers": ("relu1_1",), "pooling": "max", "provider": "CPU"}
PICTURE = np.zeros((1, 3, 16, 24), np.float32)


def grams(value: float = 1.0, channels: int = 8):
    return {"relu1_1": np.full((channels, channels), value, np.float32)}


@pytest.fixture
def cache(tmp_path) -> GramCache:
    return GramCache(tmp_path / "grams")


def entry(cache: GramCache):
    (path,) = cache.info().folder.iterdir()
    return path


def test_what_was_put_is_got(cache) -> None:
    assert cache.get("key") is None
    cache.put("key", grams())
    found = cache.get("key")
    assert list(found) == ["relu1_1"]
    np.testing.assert_array_equal(found["relu1_1"], grams()["relu1_1"])
    assert found["relu1_1"].dtype == np.float32


@pytest.mark.parametrize(
    "change",
    [
        {"image": PICTURE + np.float32(1e-7)},
        {"image": PICTURE.reshape(1, 3, 24, 16)},
        {"alpha": PICTURE[0, 0]},
        {"model_sha256": "abd"},
        {"layers": ("relu1_1", "relu1_2")},
        {"pooling": "avg"},
        {"provider": "CUDA"},
    ],
)
def test_the_key_depends_on_everything_the_matrices_depend_on(change) -> None:
    facts = {"image": PICTURE, **FACTS}
    assert gram_key(**facts) == gram_key(**facts, alpha=None)
    assert gram_key(**facts) != gram_key(**{**facts, **change})


def test_the_key_depends_on_how_much_is_seen() -> None:
    keys = {gram_key(PICTURE, PICTURE[0, 0] + np.float32(a), **FACTS) for a in (0, 0.5, 1)}
    assert len(keys) == 3


def test_the_key_doesnt_depend_on_the_order_of_the_layers() -> None:
    keys = {
        gram_key(PICTURE, **{**FACTS, "layers": layers})
        for layers in (("relu1_1", "relu2_1"), ("relu2_1", "relu1_1"))
    }
    assert len(keys) == 1


@pytest.mark.parametrize("position", [0, 40, -1])
def test_a_damaged_entry_is_ignored_and_removed(cache, position) -> None:
    cache.put("key", grams())
    path = entry(cache)
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)
    assert cache.get("key") is None
    assert not path.exists()


@pytest.mark.parametrize("size", [0, 10, 100])
def test_a_shortened_entry_is_ignored_and_removed(cache, size) -> None:
    cache.put("key", grams())
    path = entry(cache)
    path.write_bytes(path.read_bytes()[:size])
    assert cache.get("key") is None
    assert not path.exists()


def test_a_damaged_entry_that_cant_be_removed_is_ignored(cache, monkeypatch) -> None:
    def refuse(*args, **options):
        raise PermissionError(13, "Permission denied")

    cache.put("key", grams())
    entry(cache).write_bytes(b"damaged")
    monkeypatch.setattr(Path, "unlink", refuse)
    assert cache.get("key") is None


def test_the_least_recently_used_entries_make_room(tmp_path) -> None:
    big = {"relu1_1": np.zeros((50, 50), np.float32)}
    cache = GramCache(tmp_path / "grams", limit=35_000)
    for age, key in enumerate(("first", "second", "third")):
        cache.put(key, big)
        os.utime(tmp_path / "grams" / f"{key}.grams", (age, age))
    cache.get("first")
    cache.put("fourth", big)
    kept = {key for key in ("first", "second", "third", "fourth") if cache.get(key)}
    assert kept == {"first", "third", "fourth"}
    assert cache.info().size <= 35_000


def test_info_and_clear_count_the_entries(cache, tmp_path) -> None:
    assert cache.info().entries == cache.info().size == cache.clear() == 0
    cache.put("one", grams())
    cache.put("two", grams())
    info = cache.info()
    assert (info.folder, info.entries, info.limit) == (tmp_path / "grams", 2, LIMIT)
    assert info.size == sum(path.stat().st_size for path in info.folder.iterdir())
    assert cache.clear() == 2
    assert cache.get("one") is None


def test_a_folder_that_cant_be_is_no_error(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    cache = GramCache(tmp_path / "file" / "grams")
    cache.put("key", grams())
    assert cache.get("key") is None
    assert cache.info().entries == cache.clear() == 0


def test_a_full_disk_leaves_nothing_behind(cache, monkeypatch) -> None:
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    cache.put("key", grams())
    assert cache.info().entries == 0


def test_the_folder_follows_the_environment(tmp_path, monkeypatch) -> None:
    assert GramCache().info().folder == tmp_path / "cache" / "grams"
    monkeypatch.delenv("STYLEPLUG_CACHE_DIR")
    assert GramCache().info().folder.parts[-2:] == ("styleplug", "grams")
