"""A storyboard as the browser gets it, with the frames of a run at rest."""

from __future__ import annotations

from seqviz.figures.storyboard import Beat, Matrix, Storyboard
from seqviz.figures.weights import adding, changing
from seqviz.serving.wire import content


def player(board: Storyboard) -> dict[str, object]:
    """{"beats": …, "matrices": …} with the fields of the records, and the two empty figures that they fill."""
    return {
        "beats": [_beat(beat) for beat in board.beats],
        "matrices": [_matrix(matrix) for matrix in board.matrices],
        "adding": content(adding()),
        "changing": content(changing()),
    }


def _beat(beat: Beat) -> dict[str, object]:
    return {
        "phase": beat.phase,
        "said": beat.said,
        "nodes": beat.nodes,
        "gradients": beat.gradients,
        "edges": beat.edges,
        "matrix": beat.matrix,
        "share": beat.share,
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
