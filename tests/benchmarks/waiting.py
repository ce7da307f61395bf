"""How PyTorch's threads should wait for each other: by spinning (its default) or passively.

usage: python tests/benchmarks/waiting.py [--load N]

Times evaluations of loss and gradient at 128 pixels in child processes that alternate between the
two ways, while N other processes (default 2) keep the cores busy, and prints medians and their
ratio; `--load 0` is a quiet machine.
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
from styleplug.vgg.mirror import Mirror

mirror = Mirror(find_model("vgg16"), device="cpu")
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
ROUNDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--load", type=int, default=2)
    load = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(parser.parse_args().load)]
    try:
        times: dict[str, list[float]] = {"spinning": [], "passive": []}
        for _ in range(ROUNDS):
            for policy, measured in times.items():
                measured.append(seconds_per_evaluation(policy))
    finally:
        for process in load:
            process.kill()
    medians = {policy: statistics.median(measured) for policy, measured in times.items()}
    print(f"{len(load)} busy processes: " + ", ".join(f"{p} {m:.3f} s" for p, m in medians.items()))
    ratio = medians["passive"] / medians["spinning"]
    print(f"passive waiting takes {ratio:.2f} of the time of spinning")


def seconds_per_evaluation(policy: str) -> float:
    # Unset is the default, which spins.
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    if policy == "passive":
        environment["OMP_WAIT_POLICY"] = "PASSIVE"
    run = subprocess.run(
        [sys.executable, "-c", EVALUATIONS],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(run.stdout)


if __name__ == "__main__":
    main()
