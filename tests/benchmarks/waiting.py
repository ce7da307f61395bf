"""How long PyTorch's threads should spin while they wait for each other, before they sleep.

usage: python tests/benchmarks/waiting.py [--load N]

Times evaluations of loss and gradient at 128 pixels in child processes that alternate between the
default, the command's own setting and no spinning at all, while N other processes (default 2) keep
the cores busy, and prints medians and ratios; `--load 0` is a quiet machine. Only libgomp, that of
PyTorch on Linux, knows the setting.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys

EVALUATIONS = """
import statistics, time
import torch
from styleplug.runtime.models import find_model
from styleplug.vgg.mirror import TorchVGG

mirror = TorchVGG(find_model("vgg16"), device="cpu")
times = []
for _ in range(12):
    picture = torch.rand(1, 3, 96, 128).requires_grad_(True)
    begun = time.perf_counter()
    features = mirror(picture, ["relu4_2", "relu5_1"])
    sum(f.square().mean() for f in features.values()).backward()
    times.append(time.perf_counter() - begun)
print(statistics.median(times))
"""
BUSY = "while True: pass"
SETTINGS: dict[str, dict[str, str]] = {
    "default": {},
    "20000 turns": {"GOMP_SPINCOUNT": "20000"},
    "passive": {"OMP_WAIT_POLICY": "PASSIVE"},
}
ROUNDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--load", type=int, default=2)
    load = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(parser.parse_args().load)]
    try:
        times: dict[str, list[float]] = {name: [] for name in SETTINGS}
        for _ in range(ROUNDS):
            for name, measured in times.items():
                measured.append(seconds_per_evaluation(SETTINGS[name]))
    finally:
        for process in load:
            process.kill()
    default = statistics.median(times["default"])
    for name, measured in times.items():
        median = statistics.median(measured)
        print(f"{len(load)} busy: {name:12s} {median:.3f} s, {median / default:.2f} of the default")


def seconds_per_evaluation(setting: dict[str, str]) -> float:
    names = {name for settings in SETTINGS.values() for name in settings}
    environment = {name: value for name, value in os.environ.items() if name not in names}
    run = subprocess.run(
        [sys.executable, "-c", EVALUATIONS],
        env={**environment, **setting},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(run.stdout)


if __name__ == "__main__":
    main()
