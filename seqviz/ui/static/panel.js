// A picture with its title, what to look for in it, and, for hidden states, what can be chosen.

import { element, setText } from "./dom.js";
import { Graph } from "./graphs.js";
import { Player } from "./player.js";

export class Panel {
  /**
   * picture: {key, title, look_for, wide}: across the whole stage or not. order(message) sends an order. seen() is
   * called when the picture comes into sight.
   */
  constructor(picture, order, seen) {
    this.seen = seen;
    this.key = picture.key;
    this.canvas = element("div", { class: "seqviz-canvas", role: "img", "aria-label": picture.title });
    this.choices = element("span", { class: "seqviz-choices" });
    this.look_for = element("p", { class: "seqviz-look-for" }, picture.look_for);
    this.root = element(
      "section",
      { class: `seqviz-panel seqviz-waiting ${picture.wide ? "seqviz-wide" : ""}`, "data-figure": picture.key },
      element("header", {}, element("h3", {}, picture.title), this.choices),
      this.canvas,
      this.look_for,
    );
    this.near = true;
    this.sight = new IntersectionObserver((sights) => this.come(sights.at(-1).isIntersecting), { rootMargin: "100px" });
    this.sight.observe(this.root);
    if (picture.key === "hidden") this.offerLooks(order);
    if (picture.key === "graph") this.offerPlayer(order);
  }

  offerPlayer(order) {
    this.player = new Player(this.canvas, order);
    this.player.listen(this.root);
    this.canvas.tabIndex = -1; // a click gives the picture the keys, Tab goes on to the bar
    this.look_for.after(this.player.caption, this.player.bar);
  }

  offerLooks(order) {
    const choose = () =>
      order({ do: "look", stream: Number(this.stream.value), quantity: this.quantity.value });
    this.quantity = element("select", { "aria-label": "What is drawn of each step", onchange: choose });
    this.stream = element("select", { "aria-label": "Which chain of hidden states", onchange: choose });
    this.choices.append(this.quantity, this.stream);
  }

  /** Brings the selects up to a frame's status. */
  update(status) {
    if (!this.quantity) return;
    options(this.quantity, status.quantities, status.look.quantity);
    options(this.stream, status.streams.map((name, row) => [String(row), name]), String(status.look.stream));
    this.quantity.hidden = status.quantities.length < 2;
    this.stream.hidden = status.streams.length < 2;
  }

  come(near) {
    if (near && !this.near) this.seen();
    this.near = near;
  }

  /** Whether this figure is not yet what is on the screen. Out of sight, only the first is drawn. */
  wants(figure) {
    return (this.near || !this.graph) && figure !== undefined && figure !== this.graph?.drawn;
  }

  async draw(plotly, figure, template, anew) {
    this.graph ??= new Graph(this.canvas, plotly);
    const height = figure.layout.height ? `${figure.layout.height}px` : ""; // a table knows how many rows it has
    if (this.canvas.style.height !== height) this.canvas.style.height = height;
    await this.graph.draw(figure, template, anew);
    this.root.classList.remove("seqviz-waiting");
  }

  remove() {
    this.sight.disconnect();
    this.player?.remove();
    this.graph?.remove();
    this.root.remove();
  }
}

function options(select, choices, chosen) {
  const offered = choices.map(([value, name]) => `${value}=${name}`).join("|");
  if (select.dataset.offered !== offered) {
    select.replaceChildren(...choices.map(([value, name]) => element("option", { value }, name)));
    select.dataset.offered = offered;
  }
  if (document.activeElement !== select) select.value = chosen;
}
