"""Solvers: from a picture and a gradient to the next picture, within the pixels' range [0, 1]."""

from __future__ import annotations

import sys
from collections import deque
from typing import Protocol

from styleplug.transfer.arrays import Array
from styleplug.transfer.state import State, part, under

SPECTRAL_EXPONENT = 0.2
"""Amplitudes fall with frequency f as f^-0.2, less than the f^-1 of photographs. From a photograph
0.4 is quicker yet; from an enlarged picture, which lacks what is fine, it can be slower than 0."""

INITIAL_HESSIAN_SCALE = 2
"""How far steps go in directions that the pairs of L-BFGS don't span, relative to Nocedal and
Wright 2006, equation 7.20. That length suits the strongest curvature, and the rest is flatter; 3
times as far is too far."""


class Solver(Protocol):
    """Takes one step for each gradient it is given; keeps its own state between steps."""

    def step(self, picture: Array, gradient: Array) -> Array:
        """The next picture, in [0, 1], from one and the gradient of the loss there."""

    def state(self) -> State:
        """All that the next steps depend on, but for what the solver was made with."""

    def restore(self, state: State) -> None:
        """Take over the state of another solver of the same kind.

        Raises:
            KeyError: it is no such state.
        """


class Adam:
    """Adam (Kingma and Ba 2015, algorithm 1); 0.99 adapts sooner than the paper's 0.999."""

    def __init__(self, learning_rate: float, betas: tuple[float, float] = (0.9, 0.99)) -> None:
        self.learning_rate = learning_rate
        self.betas = betas
        self.steps = 0
        self.mean: Array = 0.0
        self.variance: Array = 0.0

    def step(self, picture: Array, gradient: Array) -> Array:
        return (picture - self.change(gradient)).clip(0, 1)

    def change(self, gradient: Array) -> Array:
        """What a step takes from the picture, which may be in other variables than pixels."""
        first, second = self.betas
        self.steps += 1
        # In place where it can be: a large picture's copies are what memory runs out of.
        self.mean = first * self.mean
        self.mean += (1 - first) * gradient
        self.variance = second * self.variance
        self.variance += (1 - second) * gradient * gradient
        change = self.mean / (1 - first**self.steps)
        change *= self.learning_rate
        deviation = self.variance / (1 - second**self.steps)
        deviation **= 0.5
        # No fixed epsilon: gradients of relative losses are tiny, and 1e-8 would stop Adam short.
        deviation += 1e-20
        change /= deviation
        return change

    def forget(self) -> None:
        """Let go of the means, where no more steps are to come."""
        self.mean = self.variance = 0.0

    def state(self) -> State:
        return {"steps": self.steps, "mean": self.mean, "variance": self.variance}

    def restore(self, state: State) -> None:
        self.steps = state["steps"]
        self.mean, self.variance = state["mean"], state["variance"]


class LBFGS:
    """L-BFGS (Nocedal and Wright 2006, algorithm 7.4) in weighted frequencies, no line search.

    The gradient of a network's losses is strong in high frequencies, where steps have to be small.
    So the variables are the picture's frequencies, each divided by the amplitude that
    `SPECTRAL_EXPONENT` gives it, as in Olah et al. 2017, "Feature Visualization": the
    same steps go further in coarse structure. For L-BFGS that is another first guess of the inverse
    Hessian; its pairs stay those of pixels.

    Each evaluation is a step: a line search would spend evaluations where a bound on the step
    serves as well. The first steps are Adam's, which gives L-BFGS curvature to start from; alone,
    its first step is far too short or too long. A step whose root mean square exceeds `trust`
    (pixels in [0, 1]), in the warm-up the learning rate, is cut to it.
    """

    def __init__(
        self, learning_rate: float = 0.02, warm_up: int = 3, history: int = 20, trust: float = 0.03
    ) -> None:
        self.adam = Adam(learning_rate)
        self.warm_up = warm_up
        self.trust = trust
        self.pairs: deque[tuple[Array, Array, float]] = deque(maxlen=history)
        self.last: tuple[Array, Array] | None = None

    def step(self, picture: Array, gradient: Array) -> Array:
        self._learn(picture, gradient)
        self.last = (picture, gradient)
        if self.adam.steps < self.warm_up or not self.pairs:
            change, longest = self._warm_up(gradient), self.adam.learning_rate
        else:
            self.adam.forget()  # makes room for pairs
            change, longest = self._direction(gradient), self.trust
        size = float((change * change).mean()) ** 0.5
        change *= -min(1.0, longest / size if size else 1.0)
        change += picture
        return change.clip(0, 1)

    def state(self) -> State:
        state = {**under("adam", self.adam.state()), "pairs": len(self.pairs)}
        for i, (step, change, inverse) in enumerate(self.pairs):
            state |= under(f"pair{i}", {"step": step, "change": change, "inverse": inverse})
        if self.last is not None:
            state["last.picture"], state["last.gradient"] = self.last
        return state

    def restore(self, state: State) -> None:
        self.adam.restore(part("adam", state))
        pairs = [part(f"pair{i}", state) for i in range(state["pairs"])]
        self.pairs.clear()
        self.pairs.extend((pair["step"], pair["change"], pair["inverse"]) for pair in pairs)
        last = part("last", state)
        self.last = (last["picture"], last["gradient"]) if last else None

    def _learn(self, picture: Array, gradient: Array) -> None:
        """Keep the last step and its change of gradient where they show positive curvature."""
        if self.last is None:
            return
        step, change = picture - self.last[0], gradient - self.last[1]
        curvature = _dot(step, change)
        if curvature > 1e-10 * _dot(change, change) ** 0.5 * _dot(step, step) ** 0.5:
            self.pairs.append((step, change, 1 / curvature))

    def _warm_up(self, gradient: Array) -> Array:
        """Adam's step in the weighted frequencies, or rather in pixels made of them, in pixels."""
        return _coarser(self.adam.change(_coarser(gradient, SPECTRAL_EXPONENT)), SPECTRAL_EXPONENT)

    def _direction(self, gradient: Array) -> Array:
        """The inverse Hessian's estimate times the gradient, by the two-loop recursion."""
        # In place, and by channel, for the memory of large pictures.
        direction, coefficients = 1 * gradient, []
        for step, change, inverse in reversed(self.pairs):
            coefficient = inverse * _dot(step, direction)
            coefficients.append(coefficient)
            _add(direction, change, -coefficient)
        _, change, inverse = self.pairs[-1]
        direction = _coarser(direction, 2 * SPECTRAL_EXPONENT)
        direction *= INITIAL_HESSIAN_SCALE / (
            inverse * _dot(change, _coarser(change, 2 * SPECTRAL_EXPONENT))
        )
        for (step, change, inverse), coefficient in zip(
            self.pairs, reversed(coefficients), strict=True
        ):
            _add(direction, step, coefficient - inverse * _dot(change, direction))
        return direction


def _dot(a: Array, b: Array) -> float:
    return sum(float((a[:, channel] * b[:, channel]).sum()) for channel in range(a.shape[1]))


def _add(array: Array, other: Array, factor: float) -> None:
    for channel in range(array.shape[1]):
        array[:, channel] += factor * other[:, channel]


def _coarser(array: Array, power: float) -> Array:
    """The pictures (N, C, H, W) with amplitudes times f^-power, at frequency f.

    White noise keeps its root mean square; the constant part counts as one period per longest side.
    The operator is symmetric and positive definite.
    """
    fft = sys.modules[type(array).__module__].fft  # NumPy's or PyTorch's
    height, width = array.shape[-2:]
    longest = max(height, width)
    # Counted up from the array itself: of its framework, precision and device.
    ones = array[0, 0, :, : width // 2 + 1] * 0 + 1
    rows, columns = ones.cumsum(0) - 1, ones.cumsum(1) - 1
    rows -= ones * (rows > height / 2) * height
    squares = (rows * (longest / height)) ** 2 + (columns * (longest / width)) ** 2
    squares[0, 0] = 1
    amplitudes = squares ** (-power / 2)
    amplitudes = amplitudes / (amplitudes * amplitudes).mean() ** 0.5
    coarser = array * 0
    # By channel, for the memory of large pictures; and added in place, which keeps the precision:
    # older NumPys transform in double.
    for channel in range(array.shape[1]):
        spectrum = fft.rfft2(array[:, channel]) * amplitudes
        coarser[:, channel] += fft.irfft2(spectrum, s=(height, width))
    return coarser
