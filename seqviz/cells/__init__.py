"""Recurrent cells: one a file. Adding one is that file and one line here."""

from seqviz.cells.cell import Cell, State, Weights
from seqviz.core.registry import Registry

CELLS: Registry[Cell] = Registry(
    {
        "elman": "seqviz.cells.elman:TANH",
        "elman-relu": "seqviz.cells.elman:RELU",
        "elman-linear": "seqviz.cells.elman:LINEAR",
        "gru": "seqviz.cells.gru:GRU",
        "lstm": "seqviz.cells.lstm:LSTM",
    }
)

__all__ = ["CELLS", "Cell", "State", "Weights"]
