"""Values of an ONNX graph that are computed with as with arrays: what is written makes nodes."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from styleplug.runtime.graph_builder import GraphBuilder

_Operand: TypeAlias = "Expression | NDArray[np.floating] | float"


class Expression:
    """A float32 value of a graph, of known shape.

    It has what NumPy's and PyTorch's arrays have in common, as far as it is needed here. Arrays and
    numbers that it meets become constants of the graph.
    """

    __array_ufunc__ = None  # NumPy's arrays leave what is computed with both to this class

    def __init__(self, graph: GraphBuilder, name: str, shape: tuple[int, ...]) -> None:
        self.graph, self.name, self.shape = graph, name, shape

    def __add__(self, other: _Operand) -> Expression:
        return self._elementwise("Add", other)

    def __sub__(self, other: _Operand) -> Expression:
        return self._elementwise("Sub", other)

    def __mul__(self, other: _Operand) -> Expression:
        return self._elementwise("Mul", other)

    __radd__, __rmul__ = __add__, __mul__

    def __matmul__(self, other: Expression | Transposed) -> Expression:
        """The product of matrices, or of stacks of them."""
        if isinstance(other, Transposed):
            shape = self.shape[0], other.rows.shape[0]
            return self.op("Gemm", other.rows.name, shape=shape, transB=1)
        stacked = np.broadcast_shapes(self.shape[:-2], other.shape[:-2])
        return self.op("MatMul", other.name, shape=(*stacked, self.shape[-2], other.shape[-1]))

    @property
    def T(self) -> Transposed:  # the name that arrays have for it
        """The transpose, of which only products are made."""
        return Transposed(self)

    def sum(self) -> Expression:
        """Of all numbers, a scalar."""
        return self.op("ReduceSum", shape=(), keepdims=0)

    def reshape(self, shape: tuple[int, ...]) -> Expression:
        """The same numbers in another shape, one side of which may be -1."""
        rest = int(np.prod(self.shape)) // abs(int(np.prod(shape)))
        whole = tuple(rest if side < 0 else side for side in shape)
        return self.op("Reshape", self.graph.integers(*whole), shape=whole)

    def op(
        self, operator: str, *others: str, shape: tuple[int, ...] | None = None, **attributes: Any
    ) -> Expression:
        """What an operator makes of this value, and of others; of this one's shape by default."""
        name = self.graph.op(operator, self.name, *others, **attributes)
        return Expression(self.graph, name, self.shape if shape is None else shape)

    def _elementwise(self, operator: str, other: _Operand) -> Expression:
        if not isinstance(other, Expression):
            other = constant(self.graph, other)
        shape = np.broadcast_shapes(self.shape, other.shape)
        return self.op(operator, other.name, shape=shape)


class Transposed:
    """A matrix to be multiplied with from the left, its rows as columns."""

    def __init__(self, rows: Expression) -> None:
        self.rows = rows


def constant(graph: GraphBuilder, value: NDArray[np.floating] | float) -> Expression:
    """An array or a number as a value of the graph, in float32."""
    # A weight beyond all numbers makes the loss infinite, which is told where it is seen.
    with np.errstate(over="ignore"):
        array = np.asarray(value, np.float32)
    return Expression(graph, graph.constant(array), array.shape)
