// A wiring through which its example runs a few times: seqviz/figures/wiring.py says when each part lights up.

import { plotly, template } from "./theme.js";

const TICK = 450; // ms
const REST = 5; // ticks that the whole picture stays lit
const FAINT = 0.25;
const ROUNDS = 3;

const shown = new WeakMap();
const sizes = new ResizeObserver((changes) => {
  for (const { target } of changes) if (target.clientWidth) window.Plotly.Plots.resize(target);
});

/** Shows a figure in `place`, or brings it up to the page's theme. */
export async function show(place, { address, figure }) {
  const drawing = await plotly(address);
  const layout = { ...figure.layout, template: template(place) };
  await drawing.react(place, figure.data, layout, { displayModeBar: false, staticPlot: false });
  sizes.observe(place);
  shown.get(place)?.stop(); // not before: two calls may have waited for Plotly at once
  shown.set(place, run(drawing, place, figure.data.map((part) => part.meta)));
}

/** Stops the clock of a place that is gone. */
export function leave(place) {
  setTimeout(() => {
    if (place.isConnected) return;
    shown.get(place)?.stop();
    shown.delete(place);
  });
}

function run(drawing, place, moments) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return { stop() {} };
  const last = Math.max(...moments);
  let now = last + 1; // the whole picture first, and last
  let rounds = 0;
  const timer = setInterval(() => {
    if (!place.isConnected) return clearInterval(timer);
    now = now > last + REST ? 0 : now + 1;
    if (now > last + 1 && now <= last + REST) return undefined;
    if (now === last + 1 && (rounds += 1) === ROUNDS) clearInterval(timer);
    return drawing.restyle(place, { opacity: moments.map((moment) => (moment < now ? 1 : FAINT)) });
  }, TICK);
  return { stop: () => clearInterval(timer) };
}
