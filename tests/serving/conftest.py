import pytest

from seqviz.core.config import RunConfig
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
    def make(example=0, figures=("numbers",), **settings):
        return Setting(RunConfig(task="words", **{"batch": 2, **settings}), example, figures)

    return make
