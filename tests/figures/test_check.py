import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from seqviz.core.records import Look, Moment
from seqviz.figures import FIGURES
from seqviz.figures.check import said, weight_name
from seqviz.training import check_gradients, trace
from tests.figures.sample import history
from tests.toy import registered, small
from tests.training.runs import example_of, run_of


@cache
def moment(topology="many-to-one", weights=(), **others):
    config = small(topology, **others)
    with registered():
        torch.set_num_threads(1)
        run = run_of(config)
        traced = trace(run, example_of(config))
        check = check_gradients(run, traced, weights)
    return Moment(history(3), traced, "a guess", 1 / 3, "accuracy", check=check)


def cells(at):
    table, _ = FIGURES["check"].draw(at, Look()).data
    return table["cells"]["values"]


@pytest.mark.parametrize("cell", ["elman", "gru", "lstm"])
def test_the_table_holds_the_three_numbers_and_their_errors(cell):
    at = moment(cell=cell)
    names, values, autograd, by_hand, hand_error, numeric, numeric_error = cells(at)
    assert len(names) == len(at.check.names) == 3
    for shown, true in ((values, at.check.values), (autograd, at.check.autograd), (by_hand, at.check.by_hand)):
        np.testing.assert_allclose([float(text.replace("−", "-")) for text in shown], true, rtol=1e-3)
    np.testing.assert_allclose([float(text.replace("−", "-")) for text in numeric], at.check.numeric, rtol=1e-5)
    assert all(text.startswith("✓") for text in (*hand_error, *numeric_error))


def test_what_differs_is_marked_and_what_is_not_written_out_is_said():
    at = moment(cell="elman", window=2)
    assert any(text.startswith("✗") for text in cells(at)[6])
    assert "Cut every 2 steps" in said(at.check)
    stacked = moment(layers=2)
    assert set(cells(stacked)[3]) == {"not written out"}
    assert set(cells(stacked)[4]) == {""}
    assert stacked.check.not_by_hand in said(stacked.check)


def test_before_the_first_check_it_says_what_to_do():
    drawing = FIGURES["check"].draw(replace(moment(), check=None), Look())
    assert drawing.figure().data
    assert "Check the largest" in drawing.data[1]["text"][0]
    assert cells(replace(moment(), check=None)) == [[]] * 7


@pytest.mark.parametrize(
    ("topology", "others", "weight", "name"),
    [
        (
            "many-to-one",
            {"cell": "gru"},
            ("stacks.0.cores.0.weight_hh_l0", 6, 3),
            "W_hh (update): unit 4 → 3",
        ),
        ("many-to-one", {"cell": "elman"}, ("stacks.0.cores.0.weight_ih_l0", 0, 2), "W_xh: input 3 → 1"),
        ("many-to-one", {"cell": "lstm"}, ("stacks.0.cores.0.bias_ih_l0", 5, 0), "b_xh (forget): unit 2"),
        ("direct", {}, ("head.weight", 1, 2), "W_ho: unit 3 → y"),
        ("direct", {}, ("head.bias", 2, 0), "b_o: z"),
        ("direct", {}, ("reader.table.weight", 2, 1), "reader.table.weight: entry 3, 2"),
        (
            "delayed",
            {"cell": "elman", "layers": 2},
            ("stacks.1.cores.1.weight_hh_l0", 0, 0),
            "W_hh (decoder, layer 2): unit 1 → 1",
        ),
        (
            "direct",
            {"cell": "elman", "bidirectional": True},
            ("stacks.0.cores.1.weight_hh_l0", 0, 0),
            "W_hh (layer 1 ←): unit 1 → 1",
        ),
    ],
)
def test_a_weight_is_named_by_what_it_connects(topology, others, weight, name):
    said_of_it = weight_name(*weight, moment(topology, **others).trace)
    assert re.sub("<sub>(.*?)</sub>", r"_\1", said_of_it) == name
    assert cells(moment(topology, (weight,), **others))[0] == [said_of_it]
