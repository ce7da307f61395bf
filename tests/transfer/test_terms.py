"""The terms against their formulas, and what every picture owes to them."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from mean_term import MeanTerm
from numpy.typing import NDArray
from plain_losses import content_error, gram_matrix, style_error

from styleplug.runtime.models import Model
from styleplug.transfer.scene import ContentImage, StyleImage
from styleplug.transfer.targets import compute_targets
from styleplug.transfer.terms import TERMS
from styleplug.transfer.terms.content import ContentTerm
from styleplug.transfer.terms.preserve import STRICTNESS, PreserveTerm
from styleplug.transfer.terms.sources import Sources
from styleplug.transfer.terms.style import StyleTerm
from styleplug.transfer.terms.term import Term
from styleplug.transfer.variation import Variation
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.tensors import as_pixels

Array = NDArray[np.float64]

features = arrays(
    np.float64,
    array_shapes(min_dims=3, max_dims=3, min_side=1, max_side=6).map(lambda shape: (1, *shape)),
    elements=st.floats(0, 100, width=32),
)


def content_of(target: Array) -> ContentTerm:
    return ContentTerm("relu1_1", target, target.shape[2:])


def style_of(features: Array) -> StyleTerm:
    """The term whose target is the features' own Gram matrix."""
    gram = gram_matrix(torch.tensor(features)).numpy()
    return StyleTerm("relu1_1", gram, features.shape[2:])


def error(term: Term, features: Array) -> float:
    return float(term.error(term.statistic(features, term.maps))[0])


def total_variation(picture: Array) -> float:
    return Variation(None, np.asarray)(picture, np.zeros_like(picture), 1.0)


@given(features)
def test_gram_matrix_is_symmetric_and_positive_semidefinite(f: Array) -> None:
    products = style_of(f).statistic(f, {})
    np.testing.assert_allclose(products, products.T, rtol=1e-12)
    assert np.linalg.eigvalsh(products).min() >= -1e-9 * np.trace(products)


@given(features)
def test_gram_matrix_is_that_of_the_formula(f: Array) -> None:
    _, c, h, w = f.shape
    rows = f.reshape(c, h * w)
    np.testing.assert_allclose(style_of(f).statistic(f, {}), rows @ rows.T, rtol=1e-9, atol=1e-12)


@given(features)
def test_errors_vanish_at_their_targets(f: Array) -> None:
    assert error(content_of(f), f) == 0
    assert error(style_of(f), f) == pytest.approx(0, abs=1e-20)


@given(st.floats(0.01, 100))
def test_content_error_does_not_depend_on_the_scale_of_features(factor: float) -> None:
    f, p = np.random.default_rng(0).random((2, 1, 3, 5, 4))
    assert error(content_of(p * factor), f * factor) == pytest.approx(error(content_of(p), f))


def test_errors_are_those_of_the_formulas() -> None:
    f, p = np.random.default_rng(0).random((2, 1, 3, 5, 4))
    tensors = torch.tensor(f), torch.tensor(p)
    assert error(content_of(p), f) == pytest.approx(float(content_error(*tensors)))
    grams = [gram_matrix(one) for one in tensors]
    assert error(style_of(p), f) == pytest.approx(float(style_error(*grams)))


@pytest.mark.parametrize("make", [content_of, style_of])
def test_derivatives_are_those_of_automatic_differentiation(make) -> None:
    f, p = np.random.default_rng(0).random((2, 1, 3, 5, 4))
    term = make(p)
    leaf = torch.tensor(f, requires_grad=True)
    maps: Mapping[str, torch.Tensor] = {
        name: torch.tensor(array) for name, array in term.maps.items()
    }
    reference = {
        ContentTerm: lambda: content_error(leaf, torch.tensor(p)),
        StyleTerm: lambda: style_error(gram_matrix(leaf), gram_matrix(torch.tensor(p))),
    }
    (expected,) = torch.autograd.grad(reference[type(term)](), leaf)
    with torch.no_grad():
        _, by_statistic = term.error(term.statistic(leaf, maps).numpy())
        found = term.by_features(leaf, torch.as_tensor(by_statistic), maps)
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("kind", [*TERMS, MeanTerm])
def test_derivatives_are_those_of_differences(
    kind: type[Term], tiny_model: Model, make_picture: Callable[..., NDArray[np.float32]]
) -> None:
    pixels, *others = (as_pixels(make_picture(24, 32, seed)) for seed in range(3))
    paintings = [StyleImage(each) for each in others]
    photograph = ContentImage(pixels, preserved=pixels[..., 0])
    sources = Sources(Encoder(tiny_model, device="cpu"), photograph, paintings)
    [found] = kind.targets(sources, ["relu2_1"])
    target = found.values.astype(np.float64)
    f = sources.features(paintings[0], ["relu2_1"])["relu2_1"].astype(np.float64)
    term = kind("relu2_1", target, f.shape[2:], found.guide)
    _, by_statistic = term.error(term.statistic(f, term.maps))
    found = term.by_features(f, by_statistic, term.maps)
    step = 1e-6 * np.random.default_rng(0).standard_normal(f.shape)
    difference = error(term, f + step) - error(term, f - step)
    assert difference == pytest.approx(2 * float((found * step).sum()), rel=1e-5)


@pytest.mark.parametrize("amount", [0.25, 0.8, 1.0])
def test_what_is_preserved_counts_as_the_rest_where_less_of_it_is_lost(
    tiny_model: Model, make_picture: Callable[..., NDArray[np.float32]], amount: float
) -> None:
    """Then the balance elsewhere is as it would be without; and elsewhere, nothing counts."""
    pixels = as_pixels(make_picture(32, 32, seed=1))
    preserved = np.zeros((32, 32), np.float32)
    preserved[:16] = amount
    photograph = ContentImage(pixels, preserved=preserved)
    encoder = Encoder(tiny_model, device="cpu")
    sources = Sources(encoder, photograph, [], layers=("relu1_1", "relu3_1", "relu4_2"))
    [found] = PreserveTerm.targets(sources, ["relu4_2"])
    assert found.layer == "relu3_1"
    plain = sources.features(photograph, ["relu3_1"])["relu3_1"]
    term = PreserveTerm("relu3_1", found.values, plain.shape[2:], found.guide)
    lost = 0.3
    for share in (1.0, 1 - STRICTNESS * amount):
        features = plain * (1 - np.sqrt(lost * share))
        features[..., 4:, :] = 7  # of what isn't to be preserved
        expected = lost * share / (1 - STRICTNESS * amount)
        assert error(term, features * found.guide) == pytest.approx(expected, rel=1e-4)


def test_where_nothing_is_to_be_preserved_the_term_is_not_there(
    tiny_model: Model, make_picture: Callable[..., NDArray[np.float32]]
) -> None:
    photograph = ContentImage(as_pixels(make_picture(32, 32, seed=1)))
    painting = StyleImage(as_pixels(make_picture(32, 32, seed=2)))
    encoder = Encoder(tiny_model, device="cpu")
    targets = compute_targets(encoder, photograph, [painting], ["relu4_2"], ["relu3_1"])
    assert set(targets.by_term) == {ContentTerm, StyleTerm}


def test_errors_of_a_dark_layer_are_numbers() -> None:
    dark = np.zeros((1, 2, 3, 3))
    assert np.isfinite(error(content_of(dark), dark + 1))
    assert np.isfinite(error(style_of(dark), dark + 1))


@given(st.floats(0, 1, width=32), st.integers(2, 9), st.integers(2, 9))
def test_total_variation_of_a_constant_is_zero(value: float, height: int, width: int) -> None:
    assert total_variation(np.full((1, 3, height, width), value)) == 0


def test_total_variation_is_that_of_the_formula() -> None:
    checkerboard = np.broadcast_to([[0.0, 1.0], [1.0, 0.0]], (1, 3, 2, 2)).copy()
    assert total_variation(checkerboard) == 2
