"""The live stage of a page: toolbar, numbers and pictures of one run, drawn in the browser as it is trained."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import streamlit as st

from seqviz.core.config import RunConfig
from seqviz.core.records import Look
from seqviz.figures import FIGURES, OVERLAYS
from seqviz.figures.palette import RUNS
from seqviz.serving.hub import Full, hub
from seqviz.serving.messages import Comparison, Setting
from seqviz.ui import lecture, link
from seqviz.ui.server import FILES

_mount = st.components.v2.component(
    "seqviz_stage",
    # The place is kept from the first moment, so that nothing jumps when the stage's own script has come.
    html='<div class="seqviz-place"></div>',
    css=".seqviz-place { min-height: 600px; }\n.seqviz-place:not(:empty) { min-height: 0; }",
    js="""
export default function ({ parentElement, data, setTriggerValue }) {
  const place = parentElement.querySelector(".seqviz-place");
  const said = JSON.parse(new TextDecoder().decode(data));
  const stage = import(`${location.origin}${said.address}/stage.js`); // this script itself has no address
  stage.then(({ show }) => show(place, said, () => setTriggerValue("gone", said.token)));
  return () => stage.then(({ leave }) => leave(place));
}
""",
    isolate_styles=False,
)


def stage(
    config: RunConfig,
    example: int | str,
    figures: Sequence[str],
    *,
    look: Look | None = None,
    key: str = "stage",
) -> None:
    """Shows a run live: the first of `figures` across the whole width, the others in a row below it.

    config: the network and how it is trained; changing what `LIVE` settings name lets the run go on, any other
    change shows another network, or one shown before. example: a place in `Task.examples`, or what a person typed.
    figures: keys of `FIGURES`. look: how they are looked at; the chain and the quantity may also be chosen beside the
    picture of the hidden states. key: tells stages on one page apart.
    """
    pictures: list[Mapping[str, object]] = [
        {
            "key": name,
            "title": FIGURES[name].title,
            "look_for": FIGURES[name].look_for,
            "wide": FIGURES[name].wide or name == figures[0],
            "folded": name not in figures,
            "opens": name == "graph" and "cell" not in figures,
            "story": "player" if name == "graph" else "",
        }
        for name in _with_cell(figures)
    ]
    whole = link.followed()
    _show(Setting(config, example, tuple(figures), look or Look(), whole), pictures, key, top=whole)


def comparison(
    runs: Sequence[tuple[str, RunConfig]],
    example: int | str,
    budget: int,
    *,
    key: str = "comparison",
) -> None:
    """Shows several runs live: what can be laid over each other in a row, below it the unrolled network of each.

    runs: the name and settings of each, all of one task, seed and lag. budget: updates within which the task is to be
    solved. key: as for `stage`, and never that of one, as a seat holds either one run or several. The rest as for
    `stage`.
    """
    overlays: list[Mapping[str, object]] = [
        {"key": name, "title": overlay.title, "look_for": overlay.look_for} for name, overlay in OVERLAYS.items()
    ]
    graphs: list[Mapping[str, object]] = [
        {
            "key": f"graph {place}",
            "title": name,
            "look_for": "",
            "wide": True,
            "story": f"player {place}",
            "mark": style.character,
            "colour": style.colour,
        }
        for place, ((name, _), style) in enumerate(zip(runs, RUNS, strict=False))
    ]
    wanted = Comparison(tuple(runs), example, tuple(OVERLAYS), budget)
    _show(wanted, [*overlays, *graphs], key, several=True)


def _show(
    wanted: Setting | Comparison,
    pictures: Sequence[Mapping[str, object]],
    key: str,
    several: bool = False,
    top: bool = False,
) -> None:
    """top: whether the page is to be scrolled up to the stage, as it was set up by a button further down."""
    try:
        token = _token(key)
    except Full as full:
        st.warning(str(full))
        return
    hub.show(token, wanted)
    said = {
        "token": token,
        "address": FILES.address,
        "live": f"{FILES.base}/live",
        "figures": pictures,
        "several": several,
        "big": lecture.on(),
        "top": top,
    }
    # Bytes, because Streamlit imports pandas to look at anything else. `gone` runs the page again, for a new seat.
    _mount(key=key, data=json.dumps(said).encode(), on_gone_change=lambda: None)


def _with_cell(figures: Sequence[str]) -> list[str]:
    """The figures, and behind a network without one the cell that can be opened in it."""
    place = figures.index("graph") + 1 if "graph" in figures and "cell" not in figures else 0
    return [*figures[:place], *(["cell"] if place else []), *figures[place:]]


def _token(key: str) -> str:
    """The seat of this browser session's stage `key`, a new one where the old has been dropped. Raises Full."""
    name = f"seqviz.seat.{key}"
    token = st.session_state.get(name)
    if token is None or not hub.alive(token):
        token = st.session_state[name] = hub.open()
    return str(token)
