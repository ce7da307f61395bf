"""Solvers: from a picture and a gradient to the next picture, within the pixels' range [0, 1].

They use only what NumPy arrays and PyTorch tensors have in common (arithmetic, sum, clip), so one
solver serves every objective, on whatever device its arrays live.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Protocol

from styleplug.transfer.state import State, part, under

Array = Any
"""A NumPy array or a PyTorch tensor: what they share has no type of its own."""


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
        first, second = self.betas
        self.steps += 1
        # In place where it can be: a large picture's copies are what memory runs out of.
        self.mean = first * self.mean
        self.mean += (1 - first) * gradient
        self.variance = second * self.variance
        self.variance += (1 - second) * gradient * gradient
        return (picture - self._change()).clip(0, 1)

    def _change(self) -> Array:
        first, second = self.betas
        change = self.mean / (1 - first**self.steps)
        change *= self.learning_rate
        deviation = self.variance / (1 - second**self.steps)
        deviation **= 0.5
        # No fixed epsilon: gradients of relative losses are tiny, and 1e-8 would stop Adam short.
        deviation += 1e-20
        change /= deviation
        return change

    def state(self) -> State:
        return {"steps": self.steps, "mean": self.mean, "variance": self.variance}

    def restore(self, state: State) -> None:
        self.steps = state["steps"]
        self.mean, self.variance = state["mean"], state["variance"]


class LBFGS:
    """L-BFGS (Nocedal and Wright 2006, algorithm 7.4) after a few steps of Adam, no line search.

    Each evaluation is a step: a line search would spend evaluations where a bound on the step
    serves as well. The first steps are Adam's, which gives L-BFGS curvature to start from; alone,
    its first step is far too short or too long. A step whose root mean square exceeds `trust`
    (pixels in [0, 1]) is cut to it.
    """

    def __init__(
        self, learning_rate: float, warm_up: int = 5, history: int = 20, trust: float = 0.03
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
            return self.adam.step(picture, gradient)
        direction = self._direction(gradient)
        size = float((direction * direction).mean()) ** 0.5
        return (picture - direction * min(1.0, self.trust / size if size else 1.0)).clip(0, 1)

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

    def _direction(self, gradient: Array) -> Array:
        """The inverse Hessian's estimate times the gradient, by the two-loop recursion."""
        direction, coefficients = gradient, []
        for step, change, inverse in reversed(self.pairs):
            coefficient = inverse * _dot(step, direction)
            coefficients.append(coefficient)
            direction = direction - coefficient * change
        _, change, inverse = self.pairs[-1]
        direction = direction / (inverse * _dot(change, change))
        for (step, change, inverse), coefficient in zip(
            self.pairs, reversed(coefficients), strict=True
        ):
            direction = direction + step * (coefficient - inverse * _dot(change, direction))
        return direction


def _dot(a: Array, b: Array) -> float:
    return float((a * b).sum())
