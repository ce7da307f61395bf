from __future__ import annotations

import pytest

from styleplug.doctor.examine import findings_of
from styleplug.runtime.files import user_cache_folder
from styleplug.runtime.models import find_model


@pytest.mark.slow
def test_a_picture_is_painted_and_leaves_no_trace(small_network) -> None:
    [painted] = findings_of("transfer")
    assert painted.status == "ok"
    assert "64 × 64" in painted.text
    assert not user_cache_folder().exists()


@pytest.mark.slow
def test_a_failure_is_a_fault(small_network) -> None:
    find_model("vgg16").path.write_bytes(b"damaged")
    [fault] = findings_of("transfer")
    assert fault.status == "fault"
    assert "damaged" in fault.text
