import pytest

from seqviz.core.config import RunConfig
from seqviz.core.records import Look
from seqviz.serving.messages import Setting
from seqviz.serving.session import Session
from tests.serving.workshop import Clock, Eye, Workshop


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def workshop(clock):
    return Workshop(clock)


@pytest.fixture
def eye():
    return Eye()


@pytest.fixture
def session(workshop, clock, eye):
    return Session(workshop.tools, eye.receive, clock)


@pytest.fixture
def setting():
    def make(example=0, figures=("numbers",), look=Look(), **settings):  # noqa: B008 - frozen
        return Setting(RunConfig(task="words", **{"batch": 2, **settings}), example, figures, look)

    return make
