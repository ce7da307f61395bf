"""Filters one item of digiKam's batch queue; style-transfer.sh starts it.

Standard input has the names of input and output, each in double quotes as digiKam writes them, with
a line of three slashes between them, which no name has in it.
"""

import subprocess
import sys

FAILED = 127
"""The one exit code of a script that digiKam 7.9 takes for a failure."""

PATIENCE = 55
"""Seconds; after 60 digiKam ends the script alone, and what it had started would go on."""


def main() -> None:
    """Filter the item; exits with 0 or FAILED."""
    names = sys.stdin.buffer.read().removesuffix(b'"\n').removeprefix(b'"')
    source, separator, target = names.partition(b'"\n///\n"')
    if not separator:
        print("style-transfer.sh isn't as it was installed; paste it again", file=sys.stderr)
        sys.exit(FAILED)
    # digiKam has made an empty file in the place of the output.
    options = ["--filter", sys.argv[1], "--overwrite", "-o", target, "--", source]
    command = [sys.executable, "-P", "-m", "styleplug", "filter", *options]
    try:
        done = subprocess.run(command, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        print(
            f"the filter took more than {PATIENCE} seconds; take a smaller picture", file=sys.stderr
        )
        sys.exit(FAILED)
    sys.exit(FAILED if done.returncode else 0)


if __name__ == "__main__":
    main()
