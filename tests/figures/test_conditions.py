from dataclasses import replace

import numpy as np
import pytest
import torch

from seqviz.core.records import Look
from seqviz.figures.conditions import draw, growth
from seqviz.training import analyse, trace
from tests.figures.analysed import analysed
from tests.figures.sample import moment
from tests.toy import registered, small
from tests.training.runs import example_of, run_of

LINEAR = small("many-to-one", cell="elman-linear")
TANH = small("many-to-one", cell="elman", embedding=8)
NAME = "stacks.0.cores.0.weight_hh_l0"


def with_weights(matrix, steps=9, config=LINEAR):
    """The moment of a network with this W_hh."""
    with registered():
        torch.set_num_threads(1)
        run = run_of(config)
        run = replace(run, weights={**run.weights, NAME: np.asarray(matrix, np.float32)})
        traced = trace(run, example_of(config, [1] * steps))
        return replace(moment(traced), analysis=analyse(run, traced))


def bars(at):
    return draw(at, Look()).figure().data[0]


def test_bars_start_at_one_and_print_their_numbers():
    bar = bars(analysed())
    jacobians = analysed().analysis.jacobians
    numbers = [float(text) for text in bar.text]
    wanted = [jacobians.largest[0, 0], jacobians.radius[0, 0], abs(jacobians.determinant[0, 0])]
    np.testing.assert_allclose(numbers[:3], wanted, rtol=1e-2)
    np.testing.assert_allclose(bar.x, np.clip(np.log10(numbers), -3, 3), atol=1e-2)


def test_the_determinant_is_wrong_where_one_eigenvalue_explodes_and_the_others_vanish():
    largest, radius, determinant, measured = bars(with_weights(np.diag([1.5, 0.5, 0.4, 0.3]))).x
    assert determinant < 0 < min(largest, radius, measured)
    np.testing.assert_allclose(measured, np.log10(1.5), atol=1e-5)


def test_the_determinant_is_wrong_where_units_are_saturated():
    largest, radius, determinant, measured = bars(with_weights(1.5 * np.eye(4), steps=30, config=TANH)).x
    assert measured < 0 < largest == radius < determinant


def test_a_large_singular_value_alone_does_not_explode():
    shear = np.array([[0.5, 8, 0, 0], [0, 0.5, 0, 0], [0, 0, 0.5, 0], [0, 0, 0, 0.5]])
    largest, radius, _, measured = bars(with_weights(shear, steps=30)).x
    assert measured < 0 < largest
    assert radius < 0


@pytest.mark.parametrize("weight", [0.99, 1.0, 1.01])
def test_the_simple_case_grows_by_its_weight(weight):
    at = with_weights(weight * np.eye(4))
    np.testing.assert_allclose(growth(at.analysis, False), weight, rtol=1e-6)


def test_growth_is_measured_as_far_as_the_gradient_comes():
    at = analysed("lstm, cut")
    np.testing.assert_allclose(growth(at.analysis, False), at.analysis.products.reach[9], rtol=1e-9)
    backward = analysed("relu, from the end", look=Look(stream=1))
    reach = backward.analysis.products.reach
    last = int(np.flatnonzero(reach > 0).max())
    np.testing.assert_allclose(growth(backward.analysis, True), reach[last] ** (1 / last))


@pytest.mark.parametrize("name", ["plain", "relu, from the end"])
def test_there_is_no_growth_without_a_step_back_that_is_not_cut(name):
    for at in (analysed(name, kinds=(1,)), analysed(name, window=1)):
        assert bars(at).text[3] == "none"


def test_a_complete_loss_and_what_grows_beyond_every_number_are_said():
    assert bars(with_weights(np.zeros((4, 4)))).text == ("0", "0", "0", "0")
    at = with_weights(2 * np.eye(4))
    jacobians, products = at.analysis.jacobians, at.analysis.products
    reach = np.where(np.arange(len(products.reach)) == products.entry, 1.0, np.inf)
    beyond = replace(
        at.analysis,
        jacobians=replace(jacobians, determinant=np.full_like(jacobians.determinant, np.inf)),
        products=replace(products, reach=reach),
    )
    bar = bars(replace(at, analysis=beyond))
    assert bar.text == ("2", "2", "∞", "∞")
    assert bar.x[2] == bar.x[3] == 3
    unknown = replace(jacobians, determinant=np.full_like(jacobians.determinant, np.nan))
    assert bars(replace(at, analysis=replace(at.analysis, jacobians=unknown))).text[2] == "none"
