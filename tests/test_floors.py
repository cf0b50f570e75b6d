"""What import-linter's contracts cannot hold without a list that grows: that neighbours on one floor are strangers."""

from itertools import permutations

import grimp
import pytest

from seqviz.cells import CELLS
from seqviz.figures import FIGURES, OVERLAYS

NEIGHBOURS = {
    "cells": {type(cell).__module__ for cell in CELLS.values()},
    "figures": {figure.draw.__module__ for figure in (*FIGURES.values(), *OVERLAYS.values())},
}


@pytest.fixture(scope="module")
def imports():
    return grimp.build_graph("seqviz", exclude_type_checking_imports=True)


@pytest.mark.parametrize(("floor", "least"), [("cells", 3), ("figures", 26)])
def test_none_knows_another(imports, floor, least):
    assert len(NEIGHBOURS[floor]) >= least
    for one, other in permutations(sorted(NEIGHBOURS[floor]), 2):
        assert not imports.chain_exists(importer=one, imported=other), f"{one} knows {other}"
