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

/** Shows a figure in `place`, or brings it up to the page's theme. The button beside it stops it and plays it again. */
export async function show(place, { address, figure, title }) {
  const drawing = await plotly(address);
  const layout = { ...figure.layout, template: template(place) };
  await drawing.react(place, figure.data, layout, { displayModeBar: false, staticPlot: false });
  sizes.observe(place);
  shown.get(place)?.end(); // not before: two calls may have waited for Plotly at once
  const moving = new Moving(drawing, place, title);
  shown.set(place, moving);
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) moving.play();
}

/** Stops the clock of a place that is gone. */
export function leave(place) {
  setTimeout(() => {
    if (place.isConnected) return;
    shown.get(place)?.end();
    shown.delete(place);
  });
}

class Moving {
  constructor(drawing, place, title) {
    this.drawing = drawing;
    this.place = place;
    this.title = title;
    this.moments = place.data.map((part) => part.meta);
    this.last = Math.max(...this.moments);
    this.button = place.parentElement.querySelector("button");
    this.button.hidden = false;
    this.button.onclick = () => (this.timer ? this.stop() : this.play(-1));
    this.write();
  }

  /** Begins after this moment; without one the whole picture is seen first, as it is in the end. */
  play(after = this.last + 1) {
    this.now = after;
    this.rounds = 0;
    this.timer = setInterval(() => this.tick(), TICK);
    this.write();
  }

  tick() {
    if (!this.place.isConnected) return this.end();
    this.now = this.now > this.last + REST ? 0 : this.now + 1;
    if (this.now > this.last + 1 && this.now <= this.last + REST) return undefined;
    if (this.now === this.last + 1 && (this.rounds += 1) === ROUNDS) return this.stop();
    return this.light((moment) => moment < this.now);
  }

  /** Comes to rest: the whole picture is lit. */
  stop() {
    this.end();
    this.light(() => true);
    this.write();
  }

  end() {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  light(lit) {
    return this.drawing.restyle(this.place, { opacity: this.moments.map((moment) => (lit(moment) ? 1 : FAINT)) });
  }

  write() {
    this.button.dataset.sign = this.timer ? "pause" : "play";
    this.button.title = this.timer ? "Stop the movement" : "Play it again";
    this.button.setAttribute("aria-label", `${this.button.title}: ${this.title}`);
  }
}
