"""Models of others: which are taken, why others are not, and what they do to a picture."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnx_filters import FREE, picture_model

from styleplug.errors import Cancelled, FilterError
from styleplug.filters.external_model import ExternalModel
from styleplug.filters.filter_function import FilterInput
from styleplug.vgg.tensors import as_pixels

NEGATIVE = (("Neg", ["image"], "less", {}), ("Add", ["less", "white"], "picture", {}))


@pytest.fixture
def model(tmp_path: Path) -> Callable[..., ExternalModel]:
    """Makes a `picture_model`, and opens it."""

    def open_model(
        shape: Any = FREE,
        nodes: Any = NEGATIVE,
        ranges: tuple[str, str] = ("0..1", "0..1"),
        **more: Any,
    ) -> ExternalModel:
        path = picture_model(tmp_path / "model.onnx", shape, nodes, **more)
        return ExternalModel("mine", path.read_bytes(), *ranges)

    return open_model


@pytest.fixture
def picture(make_picture: Callable[..., NDArray[np.float32]]) -> NDArray[np.float32]:
    return as_pixels(make_picture(41, 67))


@pytest.mark.parametrize(
    "shape",
    [FREE, (1, "h", "w", 3), ("n", 3, "h", "w"), (-1, 3, -1, -1), (1, 3, "s", "s"), (1, 3, 48, 80)],
)
@pytest.mark.parametrize(("white", "range"), [(1.0, "0..1"), (255.0, "0..255")])
def test_a_picture_comes_out_as_large_as_it_went_in(
    shape: tuple[int | str, ...],
    white: float,
    range: str,
    model: Callable[..., ExternalModel],
    picture: NDArray[np.float32],
) -> None:
    negative = model(shape, white=white, ranges=(range, range))
    negative.try_out()
    result = negative.filtered(FilterInput(picture, device="cpu")).image
    assert (result.shape, result.dtype) == (picture.shape, np.float32)
    # A fixed size has the picture resized, twice.
    tolerance = 0.05 if 48 in shape else 1e-5
    assert np.abs(result - (1 - picture)).mean() < tolerance


def test_ranges_may_differ(
    model: Callable[..., ExternalModel], picture: NDArray[np.float32]
) -> None:
    divided = (("Div", ["image", "white"], "picture", {}),)
    same = model(nodes=divided, white=255.0, ranges=("0..255", "0..1"))
    same.try_out()
    result = same.filtered(FilterInput(picture, device="cpu")).image
    np.testing.assert_allclose(result, picture, atol=1e-5)


def test_channels_may_come_last_in_the_output_alone(
    model: Callable[..., ExternalModel], picture: NDArray[np.float32]
) -> None:
    turned = (("Transpose", ["image"], "picture", {"perm": [0, 2, 3, 1]}),)
    result = model(nodes=turned).filtered(FilterInput(picture, device="cpu")).image
    np.testing.assert_allclose(result, picture, atol=1e-6)


def test_a_model_that_halves_the_size_is_given_what_can_be_halved(
    model: Callable[..., ExternalModel], picture: NDArray[np.float32]
) -> None:
    """41 × 67 pixels would come out as 40 × 64."""
    pool = {"kernel_shape": [8, 8], "strides": [8, 8]}
    blocks = (
        ("AveragePool", ["image"], "small", pool),
        ("Constant", [], "eight", {"value_floats": [1.0, 1.0, 8.0, 8.0]}),
        ("Resize", ["small", "", "eight"], "picture", {"mode": "nearest"}),
    )
    pixelated = model(nodes=blocks)
    pixelated.try_out()
    result = pixelated.filtered(FilterInput(picture, device="cpu")).image
    assert result.shape == picture.shape
    assert np.abs(np.diff(result, axis=1)).mean() < np.abs(np.diff(picture, axis=1)).mean() / 2


@pytest.mark.parametrize(
    ("size", "scale", "given"), [((2000, 3000), 1, (683, 1024)), ((3000, 30), 4, (1810, 18))]
)
def test_strokes_are_scaled_by_the_size_that_a_model_is_given(
    size: tuple[int, int],
    scale: float,
    given: tuple[int, int],
    model: Callable[..., ExternalModel],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sizes = []
    run = ExternalModel._run

    def watched(self: ExternalModel, pixels: NDArray[np.float32], *more: Any) -> Any:
        sizes.append(pixels.shape[:2])
        return run(self, pixels, *more)

    monkeypatch.setattr(ExternalModel, "_run", watched)
    picture = np.zeros((*size, 3), np.float32)
    result = model().filtered(FilterInput(picture, stroke_scale=scale, device="cpu"))
    assert result.image.shape == picture.shape
    ((height, width),) = sizes
    assert given[0] + 32 <= height < given[0] + 40
    assert given[1] + 32 <= width < given[1] + 40
    assert height % 8 == width % 8 == 0


def test_a_fixed_size_keeps_the_pictures_proportions(
    model: Callable[..., ExternalModel], picture: NDArray[np.float32]
) -> None:
    """A round thing stays round, so that strokes don't lean either."""
    frame = np.zeros((1, 3, 64, 64), np.float32)
    frame[..., :12, :] = frame[..., 52:, :] = 1  # what lies outside 67 : 41 in a square
    path = onnx.helper.make_tensor("frame", TensorProto.FLOAT, frame.shape, frame.ravel())
    nodes = (
        ("Constant", [], "frame", {"value": path}),
        ("Add", ["image", "frame"], "picture", {}),
    )
    result = model((1, 3, 64, 64), nodes).filtered(FilterInput(picture, device="cpu")).image
    assert np.abs(result - picture).mean() < 0.05


def test_hidden_colours_have_no_influence(model: Callable[..., ExternalModel]) -> None:
    mean = (
        ("ReduceMean", ["image"], "mean", {"axes": [2, 3]}),
        ("Mul", ["image", "white"], "black", {}),
        ("Add", ["black", "mean"], "picture", {}),
    )
    alpha = np.ones((32, 32), np.float32)
    alpha[:, 16:] = 0
    results = []
    for hidden in (0.0, 1.0):
        picture = np.full((32, 32, 3), 0.5, np.float32)
        picture[:, 16:] = hidden
        given = FilterInput(picture, alpha, device="cpu")
        results.append(model(nodes=mean, white=0.0).filtered(given).image)
    np.testing.assert_array_equal(*results)


def test_it_can_be_cancelled(
    model: Callable[..., ExternalModel], picture: NDArray[np.float32]
) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        model().filtered(FilterInput(picture, device="cpu", cancel=cancel))


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"inputs": ("image", "style")}, "one input, a picture, but has: image, style"),
        ({"inputs": ()}, "one input, a picture, but has: none"),
        ({"outputs": ("picture", "less")}, "one output, a picture, but has: picture, less"),
        ({"shape": (3, "h", "w")}, "takes 3×free×free, but must take 1×3×H×W"),
        ({"shape": None}, "takes no array"),
        ({"shape": (1, 1, "h", "w")}, "takes 1×1×free×free"),
        ({"shape": (2, 3, "h", "w")}, "takes 2×3×free×free"),
        ({"shape": (1, 3, 64, "w")}, "both fixed, or both free"),
        ({"shape": (1, 3, 4096, 4096)}, "at most 2048 pixels"),
        ({"kind": TensorProto.FLOAT16}, "type float16, but must take float"),
        ({"kind": TensorProto.DOUBLE}, "type double"),
        ({"shape": (1, 3, 2**62, 2**62)}, "at most 2048 pixels"),
        ({"nodes": (("Neq", ["image"], "picture", {}),)}, r"can't be run by ONNX Runtime \(.*Neq"),
        ({"nodes": (("Flatten", ["image"], "picture", {}),)}, r"gives \(1, 9216\) for a picture"),
        (
            {"nodes": (("MaxPool", ["image"], "picture", {"kernel_shape": [2, 2]}),)},
            r"gives \(1, 3, 47, 63\) for a picture of 48×64",
        ),
        ({"nodes": (("Sub", ["image", "image"], "picture", {}),)}, "which is no picture"),
        ({"nodes": (("Log", ["image"], "picture", {}),)}, "no numbers"),
        (
            {
                "nodes": (("Cast", ["image"], "picture", {"to": TensorProto.DOUBLE}),),
                "output_kind": TensorProto.DOUBLE,
            },
            "no numbers of type float",
        ),
        ({"ranges": ("0..1", "0..255")}, r"from 0.* to 1; add it with --output-range 0\.\.1"),
        (
            {"ranges": ("0..255", "0..1"), "white": 255.0},
            r"from .* to 255; add it with --output-range 0\.\.255",
        ),
    ],
)
def test_what_is_no_such_model_is_refused_with_the_reason(
    wrong: dict[str, Any], reason: str, model: Callable[..., ExternalModel]
) -> None:
    with pytest.raises(FilterError, match=f"filter mine: .*{reason}"):
        model(**wrong).try_out()


def test_a_file_of_another_kind_is_refused() -> None:
    for data in (b"GIF89a", b"\xff" * 100):
        with pytest.raises(FilterError, match="is no ONNX file"):
            ExternalModel("mine", data, "0..1", "0..1")
    with pytest.raises(FilterError, match="but has: none"):
        ExternalModel("mine", b"", "0..1", "0..1")


def test_weights_in_another_file_are_refused(tmp_path: Path) -> None:
    path = picture_model(tmp_path / "model.onnx")
    onnx.save(
        onnx.load(path), path, save_as_external_data=True, location="weights", size_threshold=0
    )
    with pytest.raises(FilterError, match="keeps its weights in another file"):
        ExternalModel("mine", path.read_bytes(), "0..1", "0..1")


def test_a_type_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    model = onnx.load(picture_model(tmp_path / "model.onnx"))
    model.graph.input[0].type.tensor_type.elem_type = 999
    with pytest.raises(FilterError, match="type unknown, but must take float"):
        ExternalModel("mine", model.SerializeToString(), "0..1", "0..1")


def endless() -> onnx.NodeProto:
    """A loop without an end, whose condition is always true."""
    go_on = helper.make_node("Identity", ["condition"], ["go_on"])
    values = {"turn": TensorProto.INT64, "condition": TensorProto.BOOL}
    inputs = [helper.make_tensor_value_info(name, kind, []) for name, kind in values.items()]
    output = helper.make_tensor_value_info("go_on", TensorProto.BOOL, [])
    body = helper.make_graph([go_on], "body", inputs, [output])
    return helper.make_node("Loop", ["", ""], [], body=body)


def function(name: str, *nodes: onnx.NodeProto) -> onnx.FunctionProto:
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    same = helper.make_node("Identity", ["x"], ["y"])
    return helper.make_function("own", name, ["x"], ["y"], [same, *nodes], opsets)


def call(name: str) -> onnx.NodeProto:
    return helper.make_node(name, ["x"], [""], domain="own")


def external() -> TensorProto:
    tensor = numpy_helper.from_array(np.zeros(4, np.float32), "weights")
    onnx.external_data_helper.set_external_data(tensor, "/etc/passwd", length=16)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    return tensor


HOSTILE: dict[str, Callable[[onnx.ModelProto], None]] = {
    "has a Loop": lambda model: model.graph.node.append(endless()),
    "has a Loop in it": lambda model: model.functions.append(function("f", endless())),
    "has a If": lambda model: model.graph.node.add(op_type="If"),
    "has a Scan": lambda model: model.graph.node.add(op_type="Scan"),
    "has a SequenceMap": lambda model: model.graph.node.add(op_type="SequenceMap"),
    "has a graph in a graph": lambda model: model.graph.node.add(
        op_type="BeamSearch", domain="com.microsoft"
    ).attribute.append(helper.make_attribute("decoder", onnx.GraphProto(name="inner"))),
    "has more than 1000 functions": lambda model: model.functions.extend(
        function(f"f{i}", call(f"f{i - 1}")) for i in range(1001)
    ),
    "calls itself": lambda model: model.functions.extend(
        [function("f", call("g")), function("g", call("f"))]
    ),
    "has more than 100000 operators": lambda model: (
        model.functions.append(function("f0")),
        model.functions.extend(
            function(f"f{i}", call(f"f{i - 1}"), call(f"f{i - 1}")) for i in range(1, 64)
        ),
        model.graph.node.append(call("f63")),
    )[0],
    "in another file": lambda model: model.graph.node.append(
        helper.make_node("Constant", [], ["constant"], value=external())
    ),
    "its weights in another file": lambda model: model.functions.append(
        function("f", helper.make_node("Constant", [], ["constant"], value=external()))
    ),
}


@pytest.mark.parametrize("reason", HOSTILE)
def test_a_hostile_model_is_refused_unrun(reason: str, tmp_path: Path) -> None:
    model = onnx.load(picture_model(tmp_path / "model.onnx"))
    HOSTILE[reason](model)
    with pytest.raises(FilterError, match=reason):
        ExternalModel("mine", model.SerializeToString(), "0..1", "0..1")


def test_functions_that_end_are_taken(tmp_path: Path, picture: NDArray[np.float32]) -> None:
    model = onnx.load(picture_model(tmp_path / "model.onnx"))
    model.functions.extend([function("f", call("g")), function("g")])
    model.opset_import.append(helper.make_opsetid("own", 1))
    model.graph.node.append(helper.make_node("f", ["image"], ["unused"], domain="own"))
    ExternalModel("mine", model.SerializeToString(), "0..1", "0..1").try_out()


def test_no_name_in_it_makes_it_a_file_of_another_format(tmp_path: Path) -> None:
    """Which would be run without having been looked at."""
    model = onnx.load(picture_model(tmp_path / "model.onnx"))
    model.producer_name = "ORTMaker"
    data = model.SerializeToString()
    assert data[4:8] == b"ORTM"
    ExternalModel("mine", data, "0..1", "0..1").try_out()


def test_a_long_run_can_be_cancelled(model: Callable[..., ExternalModel]) -> None:
    """It would take minutes."""
    blur = {"kernel_shape": [31, 31], "pads": [15] * 4}
    names = ["image", *(f"blurred{i}" for i in range(5_000)), "picture"]
    nodes = [("AveragePool", [before], after, blur) for before, after in pairwise(names)]
    slow, cancel = model(nodes=nodes), threading.Event()
    given = FilterInput(np.zeros((512, 512, 3), np.float32), device="cpu", cancel=cancel)
    timer = threading.Timer(1, cancel.set)
    timer.start()
    with pytest.raises(Cancelled):
        slow.filtered(given)
    timer.join()
