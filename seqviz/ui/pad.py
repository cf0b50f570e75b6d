"""A pad to draw on with the mouse, a finger or a pen."""

from __future__ import annotations

import numpy as np
import streamlit as st
from jaxtyping import Float32

SIDE = 40
"""The drawing reaches Python as so many rows and columns."""

_mount = st.components.v2.component(
    "seqviz_pad",
    html="""<p></p>
<canvas width="200" height="200" role="img"></canvas>
<button type="button">Clear</button>""",
    css="""
:host { display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: flex-end; font-size: 0.875rem; }
p { margin: 0; width: 100%; color: var(--st-text-color); }
canvas { width: 200px; height: 200px; background: #fff; border: 2px solid var(--st-border-color);
  border-radius: var(--st-base-radius); cursor: crosshair; touch-action: none; }
button { font: inherit; color: var(--st-text-color); background: var(--st-background-color); min-height: 36px;
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); padding: 0 12px; cursor: pointer; }
""",
    js="""
export default function ({ parentElement, data, setStateValue }) {
  const canvas = parentElement.querySelector("canvas");
  if (canvas.ready) return;
  canvas.ready = true;
  const { side, label } = JSON.parse(new TextDecoder().decode(data));
  canvas.setAttribute("aria-label", label);
  parentElement.querySelector("p").textContent = label;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  Object.assign(pen, { lineWidth: 18, lineCap: "round", lineJoin: "round", strokeStyle: "#000" });
  const wipe = () => { pen.fillStyle = "#fff"; pen.fillRect(0, 0, canvas.width, canvas.height); };
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  };
  let drawing = false;
  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...place(event));
    pen.lineTo(...place(event));
    pen.stroke();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...place(event));
    pen.stroke();
  });
  const lift = () => {
    drawing = false;
    const block = canvas.width / side;
    const pixels = pen.getImageData(0, 0, canvas.width, canvas.height).data;
    const ink = new Array(side * side).fill(0);
    for (let y = 0; y < canvas.height; y += 1)
      for (let x = 0; x < canvas.width; x += 1)
        ink[Math.floor(y / block) * side + Math.floor(x / block)] += 255 - pixels[4 * (y * canvas.width + x)];
    setStateValue("ink", ink.map((sum) => Math.round(sum / block / block)).join(","));
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  parentElement.querySelector("button").addEventListener("click", () => { wipe(); setStateValue("ink", ""); });
  wipe();
}
""",
)


def pad(label: str, key: str) -> Float32[np.ndarray, "side side"] | None:
    """What was drawn, 0 for paper to 1 for ink, or None while the pad is empty."""
    said = f'{{"side": {SIDE}, "label": "{label}"}}'.encode()
    ink = _mount(key=key, data=said, on_ink_change=lambda: None).ink
    if not ink:
        return None
    drawing = np.array([int(value) for value in str(ink).split(",")], np.float32).reshape(SIDE, SIDE) / 255
    return drawing if drawing.any() else None
