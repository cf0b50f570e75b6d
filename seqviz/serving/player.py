"""A storyboard as the browser gets it, with the frames of a run at rest."""

from __future__ import annotations

from seqviz.figures.storyboard import Matrix, Moment, Storyboard
from seqviz.figures.weights import adding, changing
from seqviz.serving.wire import content


def player(board: Storyboard) -> dict[str, object]:
    """{"moments": …, "matrices": …} with the fields of the records, and the two empty figures that they fill."""
    return {
        "moments": [_moment(moment) for moment in board.moments],
        "matrices": [_matrix(matrix) for matrix in board.matrices],
        "adding": content(adding()),
        "changing": content(changing()),
    }


def _moment(moment: Moment) -> dict[str, object]:
    return {
        "phase": moment.phase,
        "said": moment.said,
        "nodes": moment.nodes,
        "gradients": moment.gradients,
        "edges": moment.edges,
        "matrix": moment.matrix,
        "share": moment.share,
    }


def _matrix(matrix: Matrix) -> dict[str, object]:
    return {
        "name": matrix.name,
        "shape": matrix.shape,
        "limits": matrix.limits,
        "gradients": matrix.gradients,
        "states": matrix.states,
        "weights": matrix.weights,
        "change": matrix.change,
    }
