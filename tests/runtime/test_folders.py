from __future__ import annotations

from pathlib import Path

import pytest

from styleplug.runtime.folders import user_cache_folder, user_data_folder


@pytest.mark.parametrize(
    ("folder", "variable"),
    [(user_data_folder, "STYLEPLUG_DATA_DIR"), (user_cache_folder, "STYLEPLUG_CACHE_DIR")],
)
def test_a_folder_is_the_platform_s_unless_a_variable_moves_it(
    folder, variable, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "moved"))
    assert folder() == tmp_path / "moved"
    monkeypatch.delenv(variable)
    assert folder().name.casefold() in ("styleplug", "cache")
    assert folder().is_relative_to(Path.home())
