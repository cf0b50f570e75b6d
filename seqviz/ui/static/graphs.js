// One picture that stays: Plotly draws it once and brings it up to date in place from then on.

import { settled } from "./axes.js";
import { enlarged } from "./larger.js";
import { movable, move } from "./move.js";

const CONFIG = {
  displaylogo: false,
  displayModeBar: false, // dragging zooms, a double click shows all again
  doubleClick: false, // ours to handle: the ranges to go back to change while a network trains
};

export class Graph {
  constructor(element, plotly) {
    this.element = element;
    this.plotly = plotly;
    this.revision = 0;
    this.drawn = undefined; // the figure as it was sent
    this.shown = undefined; // the same with the limits and the sizes that it has on the screen
    this.zoom = {}; // by axis, the range that a person has dragged open
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(element);
  }

  /** Draws a figure {data, layout}. Zoom and hover survive unless `anew`: another network, another set of axes. */
  async draw(figure, template, anew) {
    const first = this.drawn === undefined;
    if (anew) this.zoom = {};
    const { data, layout: asked } = enlarged(figure, template.layout.font.size);
    const shown = { data, layout: anew ? asked : settled(this.shown?.layout, asked) };
    const light = this.drawn && !anew && template === this.template && !Object.keys(this.zoom).length;
    const parts = light && movable(this.shown, shown);
    this.drawn = figure;
    this.shown = shown;
    if (parts) return move(this.element, parts);
    this.template = template;
    this.revision += 1;
    // Plotly writes into what it is given; the model must stay as it was sent.
    const layout = {
      ...shell(shown.layout),
      template,
      autosize: true,
      width: undefined,
      height: undefined,
      uirevision: "kept",
      datarevision: this.revision,
    };
    for (const [axis, range] of Object.entries(this.zoom)) {
      layout[axis] = { ...layout[axis], range: [...range], autorange: false };
    }
    await (first ? this.plotly.newPlot : this.plotly.react)(this.element, shell(data), layout, CONFIG);
    if (first) this.listen();
  }

  listen() {
    this.element.on("plotly_relayout", (edit) => {
      for (const name of Object.keys(edit)) {
        const [axis, attribute] = name.split(".");
        // The figure's own ranges may move on; a person's would be lost with them if it were left to uirevision.
        if (attribute?.startsWith("range")) this.zoom[axis] = this.element.layout[axis].range;
      }
    });
    this.element.on("plotly_doubleclick", () => this.draw(this.drawn, this.template, true));
  }

  /** The theme has changed: the next frame is to be drawn even if nothing in it has. */
  forget() {
    if (this.drawn) this.drawn = null; // not undefined: it has been drawn before
  }

  resize() {
    if (this.drawn && this.element.clientWidth) this.plotly.Plots.resize(this.element);
  }

  remove() {
    this.sizes.disconnect();
    this.plotly.purge(this.element);
  }
}

/** A copy that shares the numbers: new objects and lists of objects, the same arrays and words. */
function shell(value) {
  if (Array.isArray(value)) return value[0]?.constructor === Object ? value.map(shell) : value;
  if (value?.constructor !== Object) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shell(item)]));
}
