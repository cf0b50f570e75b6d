import json
import math
from dataclasses import dataclass, field, fields, replace

import numpy as np

from seqviz.core.analysis import Analysis, GradientCheck, Products, WeightGradient
from seqviz.core.opened import Opened
from seqviz.core.records import History, Run, Stream, Trace
from seqviz.core.task import BadInput, Baseline
from seqviz.figures import Overlay, Picture
from seqviz.figures.parts import Drawing
from seqviz.figures.storyboard import Storyboard
from seqviz.serving.messages import Drawn, Kind
from seqviz.serving.observe import Tools


def read_frame(frame):
    """A reader written from the description of the format alone."""
    length = int.from_bytes(frame[:4], "little")
    assert length % 4 == 0
    header = json.loads(frame[4 : 4 + length].decode())
    arrays, place = [], 4 + length
    for kind, shape in header.pop("arrays"):
        count = math.prod(shape)
        arrays.append(np.frombuffer(frame, f"<{kind}", count, place).reshape(shape))
        place += 4 * count
    assert place == len(frame)

    def filled(value):
        if isinstance(value, dict):
            return arrays[value["$"]] if set(value) == {"$"} else {key: filled(item) for key, item in value.items()}
        return [filled(item) for item in value] if isinstance(value, list) else value

    return filled(header)


def applied(old, found):
    """`old` with changes made to it, as a screen makes them."""
    whole = {"root": old}
    for path, value in found:
        keys = ["root", *path]
        inside = whole
        for key in keys[:-1]:
            inside = inside[key]
        inside[keys[-1]] = value
    return whole["root"]


@dataclass
class Clock:
    """Time that passes only when something says that it does."""

    now: float = 0.0

    def __call__(self):
        return self.now


@dataclass
class FakeTask:
    """Ten examples to learn from; its menu has three, of which only their names matter here."""

    title: str
    train_size: int = 10
    score_name: str = "accuracy"
    baseline: Baseline = Baseline("always the commonest answer", 0.5)  # noqa: RUF009 - frozen
    examples: tuple = ("first", "second", "third")

    def read(self, typed):
        if not typed.isascii():
            raise BadInput("Only plain letters, please.")
        return f"typed {typed}"


def titled(text):
    return Drawing((), {"title": {"text": text}})


@dataclass
class Workshop:
    """Training that takes a hundredth of a second an update and drawing that takes none, written down as it is done."""

    clock: Clock
    advanced: list = field(default_factory=list)
    seconds: float = 0.01
    fail: Exception | None = None
    diverges_at: int = 10**9

    def __post_init__(self):
        self.tasks = {}

    def task_of(self, config):
        if config.data:
            raise BadInput("The data is gone.")
        return self.tasks.setdefault(config.task, FakeTask(config.task))

    def start(self, config):
        if config.layers == 3:
            raise ValueError("three layers are not built here")
        return Run(config, 0, {"w": np.zeros(1, np.float32)}, {}, History())

    def advance(self, run, steps, stop):
        if self.fail:
            raise self.fail
        if stop():
            steps = 1
        self.advanced.append((run.config.learning_rate, steps))
        self.clock.now += steps * self.seconds
        made = list(range(run.step + 1, run.step + steps + 1))
        zeros = [0.0] * steps
        history = run.history.extended(step=made, loss=zeros, score=zeros, grad_norm=zeros)
        diverged = "The loss is no longer a number." if made[-1] >= self.diverges_at else ""
        return replace(run, step=made[-1], history=history, diverged=diverged)

    def trace(self, run, example):
        unused = {item.name: None for item in fields(Trace)}
        known = {
            "config": run.config,
            "update": run.step,
            "example": example,
            "streams": (Stream(0), Stream(0, backward=True)),
            "gates": {"reset": None, "candidate": None},
            "present": np.array([[True, False, True], [True, True, True]]),
            "read": ("a", "b", "c"),
            "targets": np.array([-1, -1, 0]),
            "cell_state": np.zeros((2, 3, 0)),
        }
        return Trace(**{**unused, **known})

    def analyse(self, run, trace, look):
        unused = {item.name: None for item in fields(Products)}
        products = Products(**{**unused, "loss": look.loss, "state": look.state})
        return Analysis(look.stream, None, products)

    def weight_gradient(self, run, trace, look):
        return WeightGradient(None, None)

    def open_cell(self, run, trace, look):
        unused = {item.name: None for item in fields(Opened)}
        known = {"stream": look.stream, "step": look.state, "unit": look.unit, "before": np.zeros(5)}
        return Opened(**{**unused, **known})

    def check(self, run, trace, weights):
        if ("v", 0, 0) in weights:
            raise ValueError("There is no v.")
        unused = {item.name: None for item in fields(GradientCheck)}
        return GradientCheck(**{**unused, "names": [name for name, _, _ in weights], "update": run.step})

    @property
    def tools(self):
        def draw(moment, look):
            numbers = [moment.trace.update, len(moment.history.step), moment.trace.config.learning_rate]
            layout = {"title": {"text": str(moment.trace.example)}, "diverged": moment.diverged}
            return Drawing(({"type": "scatter", "y": np.array(numbers)},), layout)

        def draw_look(moment, look):
            return titled(f"{look.quantity} {look.stream}")

        def draw_way(moment, look):
            return titled(f"{look.quantity} {look.stream}, {look.loss} to {look.state}")

        def draw_cell(moment, look):
            return titled(f"step {moment.opened.step}, unit {moment.opened.unit}")

        def draw_check(moment, look):
            return titled("nothing" if moment.check is None else f"{moment.check.names} at {moment.check.update}")

        def draw_extras(moment, look):
            way = moment.analysis and f"{moment.analysis.products.loss} to {moment.analysis.products.state}"
            return titled(f"{moment.answers} {moment.written} {moment.drawn} {way}")

        def draw_graph(moment, look):
            return Drawing((), {"title": f"{moment.trace.example} at {moment.trace.update}"})

        figures = {
            "graph": Picture("Graph", "Look.", draw_graph),
            "numbers": Picture("Numbers", "Look.", draw),
            "look": Picture("Look", "Look.", draw_look),
            "way": Picture("Way", "Look.", draw_way),
            "check": Picture("Check", "Look.", draw_check, frozenset({"check"})),
            "cell": Picture("Cell", "Look.", draw_cell, frozenset({"opened"})),
            "nothing": Picture("Nothing", "Look.", draw_extras),
            "extras": Picture("Extras", "Look.", draw_extras, frozenset({"answers", "written", "drawn", "analysis"})),
        }

        def draw_sides(compared):
            said = [
                [side.name, side.moment.trace.update, sorted((a.config.lag, a.solved) for a in side.attempts)]
                for side in compared.sides
            ]
            return Drawing((), {"said": said})

        overlays = {"sides": Overlay("Sides", "Look.", draw_sides)}
        return Tools(
            self.start,
            self.advance,
            self.trace,
            lambda run: (f"answers at {run.step}",),
            lambda run: (f"groups at {run.step}",),
            lambda run, example, temperature, beam: f"{example} at {temperature} by {beam}",
            lambda run, temperature: (f"drawn at {temperature}",),
            self.analyse,
            self.weight_gradient,
            self.open_cell,
            self.check,
            self.task_of,
            figures,
            lambda run, trace: Storyboard((), ()),
            overlays,
        )


@dataclass
class Eye:
    """A session's messages as a browser and the hub understand them; it says "drawn" when told to look."""

    kept: list = field(default_factory=list)
    notices: list = field(default_factory=list)
    waiting: list = field(default_factory=list)
    figures: object = None
    status: object = None
    kind: Kind | None = None

    def receive(self, kind, content):
        if kind in (Kind.MOVING, Kind.RESTING):
            self.waiting.append((kind, content))
        elif kind is Kind.NOTICE:
            self.notices.append(json.loads(content))
        elif kind is Kind.KEPT:
            self.kept.append(content)

    def look(self, session):
        """Draws what has come, one frame after the other, until nothing is left. Returns how many came."""
        count = 0
        while self.waiting:
            kind, content = self.waiting.pop(0)
            assert not self.waiting, "two frames were on their way at once"
            self.draw(kind, content)
            session.obey(Drawn())
            count += 1
        return count

    def draw(self, kind, content):
        """Draws one frame."""
        frame = read_frame(content)
        self.kind, self.status = kind, frame["status"]
        self.figures = applied(self.figures, frame["changes"])

    @property
    def numbers(self):
        """update, length of the history, learning rate: what the picture shows."""
        return [round(float(value), 6) for value in self.figures["numbers"]["data"][0]["y"]]
