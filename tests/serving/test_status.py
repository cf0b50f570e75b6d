from dataclasses import replace

import numpy as np
import pytest

from seqviz.core.records import Look
from seqviz.core.topology import DELAYED
from seqviz.serving.status import status
from tests.figures.sample import moment, sample
from tests.serving.workshop import FakeTask


def told(at):
    return status("paused", "", at, Look(), FakeTask("some"), "full", 0.0, (0,))


def test_the_last_check_is_told_and_a_measure_that_means_nothing_is_not():
    at = moment(sample(DELAYED, 3, 3), updates=40)
    assert told(at)["held_bleu"] is None
    assert told(at)["held_score"] == pytest.approx(at.history.held_score[-1])
    at = replace(at, history=replace(at.history, held_bleu=np.array([3, 61.5], np.float32)))
    assert told(at)["held_bleu"] == 61.5


def test_of_the_look_what_is_chosen_beside_the_pictures_is_told():
    assert told(moment(sample(DELAYED, 3, 3), updates=4))["look"] == {"stream": 0, "quantity": "hidden"}
