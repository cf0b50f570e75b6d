"""The opened cell, drawn of networks that were really run."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from seqviz.cells import CELLS
from seqviz.core.records import Look, Moment
from seqviz.figures import FIGURES
from seqviz.figures.formulas import dot, rows_of, written
from seqviz.training import trace
from seqviz.training.opening import open_cell
from tests.figures.sample import history
from tests.figures.test_figures import is_array, leaves
from tests.toy import registered, small
from tests.training.runs import example_of, run_of


@cache
def moment(cell="gru", seed=0, look=Look(state=2, unit=1), **others):  # noqa: B008
    config = small("many-to-one", cell=cell, **{"hidden": 40, **others})
    with registered():
        torch.set_num_threads(1)
        run = run_of(config, seed)
        traced = trace(run, example_of(config))
        return Moment(history(3), traced, "a guess", 1 / 3, "accuracy", opened=open_cell(run, traced, look))


def drawn(at):
    return FIGURES["cell"].draw(at, Look())


def texts(figure):
    return [text for part in figure.data for text in part.get("text", ()) if text]


@pytest.mark.parametrize("cell", CELLS)
def test_plotly_accepts_every_cell_and_only_arrays_change(cell):
    before, after = (dict(leaves(vars(drawn(moment(cell, seed))))) for seed in (0, 1))
    assert drawn(moment(cell)).figure().data
    assert before.keys() == after.keys()
    assert all(is_array(old) or after[path] == old for path, old in before.items())


@pytest.mark.parametrize("cell", CELLS)
def test_every_number_of_the_circuit_is_printed_once_more_below_it(cell):
    at = moment(cell)
    said = texts(drawn(at))
    for part in at.opened.circuit.parts:
        value = written(at.opened.values[part.name])
        subscript = "<sub>3</sub>" if part.name in ("hidden", "cell_state") else ""
        assert any(text.strip() == f"{part.symbol}{subscript} = {value}" for text in said), part.name
    assert any(f"h<sub>3</sub> = {written(float(at.trace.hidden[0, 2, 1]))}" in text for text in said)


@pytest.mark.parametrize("cell", CELLS)
def test_boxes_circles_and_words_keep_clear_of_each_other(cell):
    """In the columns and px of the picture: no two nodes overlap, and nothing leaves it."""
    figure = drawn(moment(cell))
    boxes = [part for part in figure.data if part["type"] == "bar" and "hovertext" in part]
    places = [
        (x - width / 2, x + width / 2, base, base + height)
        for part in boxes
        for x, width, base, height in zip(part["x"], part["width"], part["base"], part["y"], strict=True)
    ]
    (circles,) = [part for part in figure.data if part.get("mode") == "markers+text"]
    places += [(x - 0.2, x + 0.2, y - 14, y + 14) for x, y in zip(circles["x"], circles["y"], strict=True)]
    for place, (left, right, low, high) in enumerate(places):
        assert left > 0 and right < 10 and low > 0 and high < figure.layout["yaxis"]["range"][1]
        for other in places[:place]:
            assert right <= other[0] or other[1] <= left or high <= other[2] or other[3] <= low


def test_the_additive_path_is_lit_where_there_is_one():
    lit = {cell: np.nansum(np.abs(np.diff(drawn(moment(cell)).data[0]["x"]))) for cell in CELLS}
    assert lit["lstm"] > 5 and lit["gru"] > 5
    assert lit["elman"] == lit["elman-relu"] == 0


def numbers_in(text):
    """What a row's exact words add up to, read back from them."""
    products = re.findall(r"\(?(−?[\d.e-]+)\)? · \(?(−?[\d.e-]+)\)?", text)
    read = [[float(number.replace("−", "-")) for number in pair] for pair in products]
    rest = re.search(r"smaller terms: (\S+?)<br>", text)
    return sum(a * b for a, b in read) + (float(rest[1]) if rest else 0.0), len(read)


@pytest.mark.parametrize("terms", [1, 3, 32, 33, 64])
def test_what_is_told_exactly_adds_up_to_what_is_said_in_short(terms):
    rng = np.random.default_rng(terms)
    weights, values = rng.normal(size=terms), rng.normal(size=terms)
    short, exact = dot(weights, values)
    total, told = numbers_in(exact)
    assert total == pytest.approx(float(weights @ values), abs=1e-2)
    assert told == min(terms, 32)
    assert exact.endswith(f"{terms} terms: {weights @ values:.6g}")
    assert short.endswith(f" = {written(float(weights @ values))}")
    assert short.count("·") == min(terms, 2)
    assert ("…" in short) == (terms > 2)


def test_the_rows_say_what_the_cell_computes():
    at = moment("lstm")
    rows = rows_of(at.opened)
    assert [row.exact[0] for row in rows] == [
        *("forget gate", "input gate", "candidate", "output gate"),
        *("cell state", "hidden state"),
    ]
    for row, gate in zip(rows, ("forget", "input", "candidate", "output"), strict=False):
        assert float(row.exact[4].split(" = ")[1]) == pytest.approx(float(at.trace.gates[gate][0, 2, 1]), rel=1e-4)
    opened = moment("gru").opened
    (candidate,) = [row for row in rows_of(opened) if row.exact[0] == "candidate"]
    assert candidate.texts[2].startswith("r⊙m = ")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 3e38, 0.0])
def test_any_numbers_can_be_drawn(bad):
    at = moment("lstm")
    opened = at.opened
    spoilt = {
        name: np.full_like(getattr(opened, name), bad)
        for name in ("x", "before", "from_input", "from_state", "input_bias", "state_bias")
    }
    broken = replace(opened, **spoilt, values=dict.fromkeys(opened.values, float(bad)))
    drawn(replace(at, opened=broken)).figure()


def test_a_moment_without_a_cell_is_refused():
    with pytest.raises(ValueError, match="opened cell"):
        drawn(replace(moment(), opened=None))


def test_an_upper_layer_and_a_chain_from_the_end_are_named():
    look = Look(stream=3, state=1, unit=0)
    at = moment("lstm", look=look, layers=2, bidirectional=True, hidden=6)
    said = texts(drawn(at))
    assert any("layer below" in text for text in said)
    assert any("all of h<sub>3</sub>" in text for text in said)
