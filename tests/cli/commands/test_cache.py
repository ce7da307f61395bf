from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

from styleplug.cli.commands.cache import cache
from styleplug.vgg.gram_cache import LIMIT, GramCache


@pytest.fixture(autouse=True)
def two_entries() -> None:
    for key in ("one", "two"):
        GramCache().put(key, {"relu1_1": np.zeros((4, 4), np.float32)})


def run(*arguments: str):
    return CliRunner().invoke(cache, arguments)


def test_info_says_where_and_how_full() -> None:
    result = run("info")
    assert result.exit_code == 0
    assert str(GramCache().info().folder) in result.stdout
    assert "2 entries, 0.0 of 256 MB" in result.stdout


def test_info_as_json_has_sizes_in_bytes() -> None:
    info = GramCache().info()
    assert json.loads(run("info", "--json").stdout) == {
        "folder": str(info.folder),
        "entries": 2,
        "size": info.size,
        "limit": LIMIT,
    }


def test_clear_removes_all() -> None:
    assert run("clear").stdout == "2 entries removed\n"
    assert GramCache().info().entries == 0
    assert run("clear").exit_code == 0
