"""Names under which something is kept."""

import pytest

from styleplug.errors import ConfigError
from styleplug.names import check_name, is_name


@pytest.mark.parametrize("name", ["a", "starry-night", "7", "a" * 64, "con-1"])
def test_good_names(name):
    check_name(name)
    assert is_name(name)


@pytest.mark.parametrize(
    "name", ["", "A", "a_b", "-a", "a--b", "a/b", "..", "a" * 65, "con", "com1"]
)
def test_names_that_are_refused(name):
    with pytest.raises(ConfigError, match="name is"):
        check_name(name)
