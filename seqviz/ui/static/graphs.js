// One picture that stays: Plotly draws it once and brings it up to date in place from then on.

const CONFIG = {
  displaylogo: false,
  displayModeBar: false, // dragging zooms, a double click shows all again
  doubleClick: "reset",
};

export class Graph {
  constructor(element, plotly) {
    this.element = element;
    this.plotly = plotly;
    this.revision = 0;
    this.drawn = undefined;
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(element);
  }

  /** Whether this figure, or the theme since the last one, is still to be drawn. */
  wants(figure) {
    return figure !== undefined && figure !== this.drawn;
  }

  /** Draws a figure {data, layout}. Zoom and hover survive unless `anew`: another network, another set of axes. */
  async draw(figure, template, anew) {
    const first = this.drawn === undefined;
    this.drawn = figure;
    this.revision += 1;
    if (first || anew) this.view = this.revision;
    // Plotly writes into what it is given; the model must stay as it was sent.
    const data = figure.data.map((trace) => structuredShell(trace));
    const layout = {
      ...structuredShell(figure.layout),
      template,
      autosize: true,
      width: undefined,
      height: undefined,
      uirevision: this.view,
      datarevision: this.revision,
    };
    await (first ? this.plotly.newPlot : this.plotly.react)(this.element, data, layout, CONFIG);
  }

  /** The theme has changed: the next frame is to be drawn even if nothing in it has. */
  forget() {
    if (this.drawn) this.drawn = null;
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
function structuredShell(value) {
  if (Array.isArray(value)) {
    return value.length && value[0] !== null && value[0]?.constructor === Object ? value.map(structuredShell) : value;
  }
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, structuredShell(item)]));
}
