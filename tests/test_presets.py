"""Presets of one's own: kept, found by every way in, and harmless where they are broken."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from styleplug.config import PRESETS, StylizeConfig
from styleplug.errors import ConfigError, PresetError
from styleplug.presets import find_preset, list_presets, remove_preset, save_preset
from styleplug.worker.catalogue import catalogue

BOLD: dict[str, Any] = {
    "size": 96,
    "strength": 0.7,
    "colors": "histogram",
    "style_layers": {"relu1_1": 0.25, "relu2_1": 0.75},
    "time_limit": 300.0,
    "init": "noise",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the user's presets are kept."""
    return tmp_path / "data" / "presets"


@pytest.fixture
def write(folder: Path) -> Callable[[str, str], Path]:
    """Writes a preset's file by hand."""

    def put(name: str, text: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.toml"
        path.write_text(text)
        return path

    return put


@pytest.mark.parametrize(
    "config",
    [
        StylizeConfig(),
        StylizeConfig(**BOLD),
        StylizeConfig(size=np.int64(96), strength=np.float32(0.25)),
        *(StylizeConfig.from_preset(name) for name in PRESETS),
    ],
    ids=["plain", "bold", "numpy", *PRESETS],
)
def test_a_preset_gives_back_the_config_it_was_saved_from(config: StylizeConfig) -> None:
    saved = save_preset("mine", config, "Broad strokes, “as I like it”.")
    assert StylizeConfig.from_preset("mine") == config
    assert find_preset("mine") == saved
    assert saved.help == "Broad strokes, “as I like it”."


def test_a_file_has_only_what_differs_from_the_defaults(folder: Path) -> None:
    save_preset("mine", StylizeConfig(size=96, pyramid=False))
    found = tomllib.loads((folder / "mine.toml").read_text())
    assert found == {"help": "", "options": {"size": 96, "pyramid": False}}
    assert os.listdir(folder) == ["mine.toml"], "nothing else is left"


def test_options_win_over_a_preset_of_ones_own() -> None:
    save_preset("mine", StylizeConfig.from_preset("article", size=96))
    config = StylizeConfig.from_preset("mine", size=64, content_error=0.4)
    assert (config.size, config.content_error, config.content_weight) == (64, 0.4, None)
    assert config.optimizer == "adam"


def test_a_file_written_by_hand_may_say_times_and_sizes_as_the_command_line_does(
    write: Callable[[str, str], Path],
) -> None:
    write("mine", '[options]\ntime_limit = "5m"\nmax_memory = "2.5GB"\nstrength = 1\n')
    config = StylizeConfig.from_preset("mine")
    assert (config.time_limit, config.max_memory, config.strength) == (300, 2.5e9, 1)
    assert find_preset("mine").options["time_limit"] == 300


def test_the_bundled_ones_come_first_and_say_so() -> None:
    save_preset("a-first-name", StylizeConfig(**BOLD), "Mine.")
    presets = list_presets()
    assert [preset.name for preset in presets] == [*PRESETS, "a-first-name"]
    assert [preset.bundled for preset in presets] == [True] * len(PRESETS) + [False]
    assert all(preset.help for preset in presets)


def test_what_is_shown_of_any_preset_is_a_file_of_the_same(
    write: Callable[[str, str], Path],
) -> None:
    for name in PRESETS:
        write("copy", find_preset(name).text())
        assert StylizeConfig.from_preset("copy") == StylizeConfig.from_preset(name)


def test_hosts_see_it_in_the_catalogue() -> None:
    save_preset("mine", StylizeConfig(**BOLD), "Mine.")
    (mine,) = [preset for preset in catalogue()["presets"] if preset["name"] == "mine"]
    assert mine["help"] == "Mine."
    assert StylizeConfig(**mine["options"]) == StylizeConfig(**BOLD)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('help = "', r"can't be read as TOML"),
        ("help = 3", "help is no line of text"),
        ('help = "two\\nlines"', "help is no line of text"),
        ("strength = 1", r"'strength' is neither help nor in the table \[options\]"),
        ("options = 3", "options is no table"),
        ("[options]\nstrength = 7", "strength is 7, but must be a number from 0 to 1"),
        ("[options]\nstrenght = 1", "option is 'strenght', but must be one of size"),
        ('[options]\ntime_limit = "soon"', "time_limit is 'soon', but must be a number"),
        ('[options]\ninit = "/etc/passwd"', "init is '/etc/passwd', .*presets name no files"),
        ("[options]\nsize = 1979-05-27", "size is .*, but must be a whole number"),
    ],
)
def test_a_broken_file_is_named_and_harms_nothing_else(
    write: Callable[[str, str], Path],
    caplog: pytest.LogCaptureFixture,
    text: str,
    problem: str,
) -> None:
    save_preset("mine", StylizeConfig(**BOLD))
    path = write("broken", text)
    with pytest.raises(PresetError, match=problem) as caught:
        StylizeConfig.from_preset("broken")
    assert str(path) in str(caught.value)
    assert "correct it, or remove it with: styleplug presets remove broken" in str(caught.value)
    assert [preset.name for preset in list_presets()] == [*PRESETS, "mine"]
    assert str(caught.value) in caplog.text
    remove_preset("broken")
    assert not path.exists()


@pytest.mark.parametrize("name", ["My own", "painterly"])
def test_a_file_whose_name_wont_do_is_left_out_with_a_word(
    write: Callable[[str, str], Path], caplog: pytest.LogCaptureFixture, name: str
) -> None:
    path = write(name, "[options]\nsize = 96")
    assert [preset.name for preset in list_presets()] == list(PRESETS)
    assert f"{path}: its name is {name!r}" in caplog.text
    assert StylizeConfig.from_preset("painterly").size == 512


@pytest.mark.parametrize("name", ["painterly", "My own", "../mine", "", "con", "x" * 65])
def test_names_that_wont_do(folder: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="name is "):
        save_preset(name, StylizeConfig(), overwrite=True)
    assert not folder.exists()


def test_a_config_that_names_a_file_is_no_preset(folder: Path) -> None:
    with pytest.raises(ConfigError, match="presets name no files"):
        save_preset("mine", StylizeConfig(init="start.png"))
    assert not folder.exists()


def test_nothing_is_replaced_unasked() -> None:
    save_preset("mine", StylizeConfig(size=96))
    with pytest.raises(ConfigError, match="a new name, unless --overwrite is given"):
        save_preset("mine", StylizeConfig(size=64))
    assert StylizeConfig.from_preset("mine").size == 96
    save_preset("mine", StylizeConfig(size=64), overwrite=True)
    assert StylizeConfig.from_preset("mine").size == 64


def test_an_unknown_name_lists_those_that_there_are() -> None:
    save_preset("mine", StylizeConfig())
    allowed = "must be one of painterly, faithful, article, mine"
    for act in (StylizeConfig.from_preset, find_preset, remove_preset):
        for name in ("cubist", "../mine"):
            with pytest.raises(ConfigError, match=allowed):
                act(name)


def test_a_bundled_one_is_not_removed() -> None:
    with pytest.raises(ConfigError, match="comes with styleplug"):
        remove_preset("painterly")


def test_a_folder_that_cannot_be_used(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("a file")
    with pytest.raises(PresetError, match=r"can't be written \((Not a directory|File exists)\)"):
        save_preset("mine", StylizeConfig())
    assert [preset.name for preset in list_presets()] == list(PRESETS)
    assert "can't be read (Not a directory)" in caplog.text
