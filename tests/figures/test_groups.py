from dataclasses import replace

from seqviz.core.answers import Group
from seqviz.core.records import Look
from seqviz.core.topology import DELAYED
from seqviz.figures.groups import draw
from tests.figures.sample import moment, sample


def test_every_group_has_its_own_row_of_measures():
    groups = (Group("known <patterns>", 250, 0.816, 91.24), Group("new ones", 200, 0.07, 52.0))
    (table,) = draw(replace(moment(sample(DELAYED, 3, 3)), groups=groups), Look()).figure().data
    assert [list(column) for column in table.cells.values] == [
        ["known &lt;patterns&gt;", "new ones"],
        ["250", "200"],
        ["81.6 %", "7.0 %"],
        ["91.2", "52.0"],
    ]
