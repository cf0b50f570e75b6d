from dataclasses import replace

import numpy as np
import pytest

from seqviz.core.records import Run
from seqviz.training import handwritten, trace
from seqviz.training.gradcheck import check_gradients
from tests.toy import EVERY_NETWORK, READINGS, described, small
from tests.training.runs import example_of, run_of


def checked(config, weights=(), kinds=(0, 2, 1, 1)):
    run = run_of(config)
    return check_gradients(run, trace(run, example_of(config, list(kinds))), weights)


@pytest.mark.parametrize("config", EVERY_NETWORK, ids=described)
def test_three_ways_agree_on_every_network(config):
    check = checked(config)
    # ReLU and the largest entries keep clear of kinks and of rounding here.
    assert check.numeric_error.max() < 1e-6
    covered = config.layers == 1 and not config.bidirectional and not config.attention
    assert bool(check.not_by_hand) != covered
    if covered:
        assert check.by_hand_error.max() < 1e-10
    else:
        assert np.isnan(check.by_hand).all()
        assert np.isnan(check.by_hand_error).all()


@pytest.mark.parametrize("reading", READINGS)
def test_any_weight_may_be_chosen(reading):
    config = small("many-to-one", reading, cell="lstm")
    run = run_of(config)
    chosen = [(name, len(weight) - 1, weight[0].size - 1) for name, weight in run.weights.items()]
    check = check_gradients(run, trace(run, example_of(config)), chosen)
    assert [*zip(check.names, check.rows, check.columns, strict=True)] == chosen
    np.testing.assert_array_equal(check.values, [weight.flat[-1] for weight in run.weights.values()])
    close = np.isclose(check.autograd, check.numeric, rtol=1e-6, atol=1e-9)
    assert close.all()
    by_hand = ~np.isnan(check.by_hand)
    assert [name for name, covered in zip(check.names, by_hand, strict=True) if not covered] == [
        name for name in run.weights if name.startswith("reader")
    ]
    np.testing.assert_allclose(check.by_hand[by_hand], check.autograd[by_hand], rtol=1e-9, atol=1e-12)


def test_without_a_choice_the_largest_of_each_matrix_is_taken():
    config = small("delayed", cell="gru")
    run = run_of(config)
    check = checked(config)
    assert check.names == (
        *(f"stacks.{n}.cores.0.{name}" for n in (0, 1) for name in ("weight_ih_l0", "weight_hh_l0")),
        "head.weight",
    )
    every = checked(config, [(check.names[3], *place) for place in np.ndindex(run.weights[check.names[3]].shape)])
    assert np.abs(every.autograd).max() == np.abs(check.autograd[3])


def test_a_window_leaves_out_what_central_differences_still_measure():
    config = small("many-to-one", cell="elman", window=2)
    check, whole = checked(config), checked(replace(config, window=0))
    assert check.window == 2
    assert check.by_hand_error.max() < 1e-10
    assert check.numeric_error[1] > 1e-3
    again = checked(config, [*zip(whole.names, whole.rows.tolist(), whole.columns.tolist(), strict=True)])
    np.testing.assert_array_equal(again.numeric, whole.numeric)


def test_a_mistake_by_hand_shows(monkeypatch):
    forward, backward = handwritten.CELLS["elman"]

    def forgetful(weights, kept, dh, dc):
        return backward(weights, kept, dh, dc)._replace(h=np.zeros_like(dh))

    monkeypatch.setattr(handwritten, "CELLS", {"elman": (forward, forgetful)})
    assert checked(small("many-to-one", cell="elman")).by_hand_error.max() > 1e-2


def test_the_network_is_left_as_it_was():
    config = small("direct")
    run = run_of(config)
    before = {name: weight.copy() for name, weight in run.weights.items()}
    traced = trace(run, example_of(config))
    first, second = check_gradients(run, traced), check_gradients(run, traced)
    np.testing.assert_array_equal(first.numeric, second.numeric)
    assert all((before[name] == weight).all() for name, weight in run.weights.items())
    assert isinstance(run, Run)
    assert not first.autograd.flags.writeable


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        (("head.wait", 0, 0), "no weights called 'head.wait'"),
        (("head.weight", 3, 0), "3 rows and 4 columns"),
        (("head.weight", 0, -1), "no entry 0, -1"),
        (("head.bias", 0, 1), "3 rows and 1 columns"),
    ],
)
def test_a_weight_that_is_not_there_is_refused(weight, said):
    with pytest.raises(ValueError, match=said):
        checked(small("direct"), [weight])


def test_a_right_gradient_that_has_almost_vanished_is_not_called_wrong():
    config = small("many-to-one", cell="elman")
    run = run_of(config)
    faint = dict(run.weights)
    faint["head.weight"] = run.weights["head.weight"] * np.float32(1e-6)
    run = replace(run, weights=faint)
    check = check_gradients(run, trace(run, example_of(config)))
    recurrent = check.names.index("stacks.0.cores.0.weight_hh_l0")
    assert 0 < abs(check.autograd[recurrent]) < 1e-6
    assert check.numeric_error.max() < 1e-5
    assert check.by_hand_error.max() < 1e-5
