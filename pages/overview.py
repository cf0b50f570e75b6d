"""The opening page: four ways to wire one cell, side by side."""

from seqviz.ui import lesson, overview

lesson.opening(
    "Four ways to wire one cell",
    "The same cell at every step. What differs is which steps **read** (blue), which **say** something (green), "
    "and where a **loss** (◆) enters.",
)

first, second, third, fourth, fifth = overview.places()
with first:
    overview.heading("One to one", "No memory.")
    overview.plain("digits")
with second:
    overview.heading("Many to one", "A review is read; one verdict comes out at its end.", "many_to_one")
    overview.wiring("reviews", longest=9)
with third:
    overview.heading("One to many", "A picture goes in once; a caption comes out word by word.", "one_to_many")
    overview.wiring("scenes")
with fourth:
    overview.heading("Many to many, direct", "Every frame of a video gets its description as it arrives.", "direct")
    overview.wiring("clips", longest=6, cut=True)
with fifth:
    overview.heading(
        "Many to many, delayed", "An English sentence is read to its end; then the German is written.", "delayed"
    )
    overview.wiring("translation")

lesson.section("And then: how such a network learns", "Why memory is hard to learn, and what was done about it.")
overview.further(
    {
        "bptt": "**Backpropagation through time** → the gradient, step by step",
        "gated": "**LSTM and GRU** → the cells, opened",
        "side_by_side": "**Compare** → networks beside each other, on tasks for memory",
    }
)
