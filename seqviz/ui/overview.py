"""The small moving wirings of the opening page."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from seqviz.core.config import RunConfig
from seqviz.core.task import END, Example, Task
from seqviz.core.topology import ONE_TO_ONE, Topology
from seqviz.figures.wiring import draw
from seqviz.tasks import task_of
from seqviz.ui import lecture
from seqviz.ui.server import FILES

_mount = st.components.v2.component(
    "seqviz_wiring",
    html='<div class="seqviz-moving"><div class="seqviz-wiring"></div><button type="button" hidden></button></div>',
    css="""
.seqviz-moving { position: relative; }
.seqviz-wiring { height: 12.8rem; font-size: 0.94rem; }
.seqviz-moving button {
  position: absolute; bottom: 0; right: 0; width: 1.9rem; height: 1.9rem; padding: 0.55rem;
  border: 0; border-radius: 0.4rem; background: transparent; color: inherit; opacity: 0.7; cursor: pointer;
}
.seqviz-moving button:hover, .seqviz-moving button:focus-visible { opacity: 1; background: rgb(128 128 128 / 20%); }
.seqviz-moving button::before { content: ""; display: block; height: 100%; background: currentcolor; }
.seqviz-moving button[data-sign="play"]::before { clip-path: polygon(10% 0, 100% 50%, 10% 100%); }
.seqviz-moving button[data-sign="pause"]::before {
  clip-path: polygon(5% 0, 38% 0, 38% 100%, 5% 100%, 5% 0, 62% 0, 95% 0, 95% 100%, 62% 100%, 62% 0);
}
""",
    js="""
export default function ({ parentElement, data }) {
  const place = parentElement.querySelector(".seqviz-wiring");
  const said = JSON.parse(new TextDecoder().decode(data));
  place.setAttribute("aria-label", said.label);
  place.setAttribute("role", "img"); // now that it has a name
  const wiring = import(`${location.origin}${said.address}/wiring.js`); // this script has no address
  wiring.then(({ show }) => show(place, said));
  return () => wiring.then(({ leave }) => leave(place));
}
""",
    isolate_styles=False,
)


STYLE: Final = """<style>
/* A name that leads to a page stands as high as one that does not. */
[data-testid="stElementContainer"]:has(> [data-testid="stPageLink"]),
[data-testid="stPageLink-NavLink"] { margin: 0 !important; }
[data-testid="stPageLink-NavLink"] p { line-height: 1.6; }
/* Side by side, the words of the longer wirings would overlap here. */
@media (max-width: 1150px) {
  [data-testid="stMainBlockContainer"] [data-testid="stColumn"] { min-width: 100%; }
}
</style>"""


def places() -> list[DeltaGenerator]:
    """Where the five wirings stand: in two rows; in large type and on a narrow page below each other, so that words do
    not overlap."""
    st.html(STYLE)
    rows = ((1, 3.5), (1,), (1,), (1,)) if lecture.on() else ((1, 2.1, 2.3), (2.2, 3))
    columns = [column for widths in rows for column in st.columns(widths)]
    return [column.container(border=True, gap=None) for column in columns]


def heading(title: str, sentence: str, page: str = "") -> None:
    """A wiring's name and what goes in and out, with a way to the page where it is trained, if there is one."""
    if page:
        st.page_link(f"pages/{page}.py", label=f"**{title}** → train it")
    else:
        st.markdown(f"**{title}**")
    st.caption(sentence)


def further(pages: Mapping[str, str]) -> None:
    """Ways to other lessons, by page, side by side."""
    with st.container(horizontal=True):
        for page, label in pages.items():
            st.page_link(f"pages/{page}.py", label=label)


def wiring(task: str, longest: int = 8, cut: bool = False) -> None:
    """The wiring of a task with the first example of its menu that has at most `longest` inputs running through it.

    cut: the first example instead, its first `longest` inputs and outputs, where each input has an output of its own.
    """
    found = task_of(RunConfig(task=task))
    example = next(example for example in found.examples if cut or len(example.inputs) <= longest)
    said = _said(found, example)
    if cut:
        example = replace(example, inputs=example.inputs[:longest], words=example.words[:longest])
        said = said[:longest]
    _show(found.topology, example, said, recurrent=True)


def plain(task: str) -> None:
    """One input, one output, no memory: the network that all others are compared with."""
    found = task_of(RunConfig(task=task))
    example = found.examples[0]
    _show(ONE_TO_ONE, example, ["".join(_said(found, example))], recurrent=False)


def _said(task: Task, example: Example) -> list[str]:
    return [task.writes[target] for target in example.targets if task.writes[target] != END]


def _show(topology: Topology, example: Example, said: Sequence[str], *, recurrent: bool) -> None:
    drawing = draw(topology, example, said, recurrent)
    figure = {"data": drawing.data, "layout": drawing.layout}
    label = f"{topology.title}: {' '.join(example.words)} gives {' '.join(said)}"
    # With the size of the type the content changes, so that it is drawn anew.
    content = {
        "address": FILES.address,
        "figure": figure,
        "label": label,
        "title": topology.title,
        "big": lecture.on(),
    }
    _mount(key=f"wiring {topology.key}", data=json.dumps(content, default=_listed).encode())


def _listed(array: np.ndarray) -> list[object]:
    """For JSON, which has no NaN: Plotly leaves a gap at null as well."""
    return [None if math.isnan(number) else number for number in array.tolist()]
