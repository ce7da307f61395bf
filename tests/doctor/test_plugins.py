from __future__ import annotations

from styleplug.doctor.examine import findings_of

ENTRY = "[styleplug]\ndots = dots_plugin"


def test_our_own_is_told() -> None:
    assert "styleplug_stylize" in findings_of("plugins")[0].text


def test_one_that_cant_be_loaded_is_noted(site, distribution) -> None:
    (site / "dots_plugin.py").write_text("raise ImportError('no dots')")
    distribution("dots", "1.0", "dots_plugin.py", ENTRY)
    [note] = [finding for finding in findings_of("plugins") if finding.status == "note"]
    assert "dots (dots 1.0)" in note.text
    assert "no dots" in note.text
    assert "pip uninstall dots" in note.remedy
