// A picture with its title, what to look for in it, and what can be chosen in and beside it.

import { element, marked, put, setText } from "./dom.js";
import { Graph } from "./graphs.js";
import { Player } from "./player.js";

export class Panel {
  /**
   * picture: {key, title, look_for, wide, folded, opens, story, mark, colour}. wide: across the whole stage or not;
   * folded where it is there only while it has something to show; opens where a folded cell can be opened in it.
   * story: what a player plays over it, if anything. mark, colour: of the run which it belongs to. order(message)
   * sends an order.
   * moved() is called when the picture comes into sight or leaves it.
   */
  constructor(picture, order, moved) {
    this.moved = moved;
    this.picture = picture;
    this.key = picture.key;
    this.folded = picture.folded;
    this.story = picture.story;
    this.order = order;
    this.selects = [];
    this.weights = []; // of the network, once a frame has told
    this.canvas = element("div", { class: "seqviz-canvas", role: "img", "aria-label": picture.title });
    this.choices = element("span", { class: "seqviz-choices" });
    this.look_for = element("p", { class: "seqviz-look-for" }, picture.look_for);
    this.title = element("h3");
    marked(this.title, picture);
    this.root = element(
      "section",
      { class: `seqviz-panel seqviz-waiting ${picture.wide ? "seqviz-wide" : ""}`, "data-figure": picture.key },
      element("header", {}, this.title, this.choices),
      this.canvas,
      this.look_for,
    );
    this.root.hidden = this.folded;
    if (this.folded) this.root.classList.remove("seqviz-waiting"); // for nothing
    this.near = true;
    this.sight = new IntersectionObserver((sights) => this.come(sights.at(-1).isIntersecting), { rootMargin: "100px" });
    this.sight.observe(this.root);
    this.offer(picture);
  }

  offer(picture) {
    const chain = (status) => [status.streams.map((name, row) => [row, name]), status.look.stream];
    if (this.key === "hidden") {
      this.select("quantity", "What is drawn of each step", (status) => [status.quantities, status.look.quantity]);
      this.select("stream", "Which chain of hidden states", chain);
    }
    if (this.story) this.offerPlayer(picture.opens);
    if (this.key === "check") this.offerWeights();
    if (this.key === "influence") {
      // Either choice is of a way, so the other end is chosen with it.
      this.select("loss", "The loss that is followed back", ({ way }) => way && [way.losses, way.loss], "state");
      this.select("state", "The state that it is followed back to", ({ way }) => way && [way.states, way.state], "loss");
    }
    if (this.key === "cell") {
      this.select("state", "The step whose cell is opened", ({ cell }) => cell && [cell.steps, cell.step]);
      this.select("unit", "The unit whose numbers are shown", ({ cell }) => cell && [units(cell.units), cell.unit]);
      this.select("stream", "The chain whose cell is opened", chain);
      this.close = this.button("Close the cell", () => this.look({ opened: false }));
      if (this.folded) this.choices.append(this.close);
    }
  }

  offerPlayer(opens) {
    this.player = new Player(this.canvas, this.order);
    this.player.listen(this.root);
    this.canvas.tabIndex = -1; // a click gives the picture the keys, Tab goes on to the bar
    this.look_for.after(this.player.caption, this.player.bar);
    const open = this.button("Open a cell", () => this.look({ opened: true }));
    open.className = "seqviz-open";
    if (opens) this.player.bar.append(open);
  }

  /** For a gradient check: a button for the largest weights, and a choice of one more. */
  offerWeights() {
    const number = (title) => element("input", { type: "number", min: 1, value: 1, title });
    this.matrix = element("select", { "aria-label": "The parameter that a weight is chosen from" });
    this.row = number("Row of the weight, from 1");
    this.column = number("Column of the weight, from 1");
    this.matrix.addEventListener("change", () => this.within());
    this.picked = [];
    const ask = (weights) => this.order({ do: "check", weights });
    const add = () => {
      if (!this.weights.length) return;
      this.within();
      const weight = [this.matrix.value, Number(this.row.value) - 1, Number(this.column.value) - 1];
      this.picked = [...this.picked.filter((other) => String(other) !== String(weight)), weight].slice(-8);
      ask(this.picked);
    };
    const largest = () => {
      this.picked = [];
      ask([]);
    };
    this.choices.append(
      this.button("Check the largest", largest),
      this.matrix,
      element("label", {}, "row ", this.row),
      element("label", {}, "column ", this.column),
      this.button("Check this weight", add),
    );
  }

  /** Keeps the row and the column whole numbers within the parameter that was chosen, whatever was typed. */
  within() {
    const [, rows, columns] = this.weights.find(([name]) => name === this.matrix.value) ?? ["", 1, 1];
    for (const [control, most] of [[this.row, rows], [this.column, columns]]) {
      control.max = most;
      control.value = Math.min(Math.max(Math.round(Number(control.value)), 1), most);
    }
  }

  button(text, act) {
    return element("button", { type: "button", onclick: act }, text);
  }

  look(chosen) {
    this.order({ do: "look", ...chosen });
  }

  /**
   * A select that chooses `field`, and with it `other` as it is; read(status) gives [[value, name], …] and the value
   * chosen, or nothing.
   */
  select(field, label, read, other) {
    const choose = () => {
      const { value } = control;
      const beside = other && this.way ? { [other]: this.way[other] } : {};
      this.look({ ...beside, [field]: field === "quantity" ? value : Number(value) });
    };
    const control = element("select", { "aria-label": label, title: label, onchange: choose, hidden: "" });
    this.selects.push([control, read]);
    this.choices.append(control);
  }

  /** Whether it would be made for this picture just the same: only its name may be another. */
  suits(picture) {
    return ["key", "folded", "opens", "wide", "story"].every((trait) => picture[trait] === this.picture[trait]);
  }

  /** The run may have another name by now. */
  name(picture) {
    setText(this.title, picture.title);
    this.canvas.setAttribute("aria-label", picture.title);
  }

  /** Brings the selects up to a frame's status. */
  update(status) {
    if (this.matrix && status.weights.length) {
      const other = String(status.weights) !== String(this.weights);
      this.weights = status.weights;
      const there = (wanted) => this.weights.find(([name]) => wanted(name))?.[0];
      const chosen = there((name) => name === this.matrix.value) ?? there((name) => name.includes("weight_hh"));
      options(this.matrix, this.weights.map(([name]) => [name, spoken(name)]), chosen ?? this.weights[0][0]);
      if (other) {
        this.picked = [];
        this.within();
      }
    }
    this.way = status.way ?? this.way;
    for (const [control, read] of this.selects) {
      const found = read(status);
      if (!found) continue; // not looked into for this frame
      const [offered, chosen] = found;
      options(control, offered, chosen);
      put(control, { hidden: offered.length < 2 });
    }
  }

  come(near) {
    if (near === this.near) return;
    this.near = near;
    this.moved();
  }

  /** Whether this figure is not yet what is on the screen. Out of sight, only the first is drawn, and what `leads`. */
  wants(figure, leads) {
    if (this.folded) this.fold(!figure);
    return (this.near || !this.graph || leads) && Boolean(figure) && figure !== this.graph?.drawn;
  }

  /** Shows or hides an opened cell. The focus goes to the button that does the opposite, or it would be lost. */
  fold(hidden) {
    if (this.root.hidden === hidden) return;
    const open = this.root.parentElement?.querySelector(".seqviz-open");
    const at = document.activeElement;
    const held = hidden ? this.root.contains(at) : at === open;
    this.root.hidden = hidden;
    if (held) (hidden ? open : this.close)?.focus();
  }

  /** Whether there is no picture yet. */
  get waits() {
    return !this.graph;
  }

  async draw(plotly, figure, template, anew) {
    const first = this.waits;
    this.graph ??= new Graph(this.canvas, plotly);
    const height = figure.layout.height ? `${figure.layout.height / 14}em` : ""; // what has rows knows its own height
    if (this.canvas.style.height !== height) this.canvas.style.height = height;
    await this.graph.draw(figure, template, anew);
    if (first) this.canvas.on("plotly_click", ({ points: [point] }) => this.pick(point));
    this.root.classList.remove("seqviz-waiting");
  }

  /** A click on a hidden state opens its cell, one on the norm ‖∂L_t/∂h_k‖ follows that gradient. */
  pick({ data, x, y, pointNumber }) {
    if (this.key === "influence" && data.type === "heatmap") this.look({ loss: y - 1, state: x - 1 });
    if (this.key !== "graph" || !data.meta?.steps) return;
    const [row, column] = pointNumber;
    const unit = data.customdata[row][column] - 1;
    this.look({ stream: data.meta.stream, state: data.meta.steps[column / 2], unit, opened: true });
  }

  remove() {
    this.sight.disconnect();
    this.player?.remove();
    this.graph?.remove();
    this.root.remove();
  }
}

/** A parameter in the lecture's words; its part of the network stands before it where there are several. */
function spoken(name) {
  const [, stack, core, kind] = name.match(/^stacks\.(\d+)\.cores\.(\d+)\.(.*)_l0$/) ?? [];
  const named = { weight_ih: "W_xh", weight_hh: "W_hh", bias_ih: "b_xh", bias_hh: "b_hh" };
  if (kind) return `${named[kind]}${stack > 0 ? ", decoder" : ""}${core > 0 ? `, chain ${Number(core) + 1}` : ""}`;
  return { "head.weight": "W_ho", "head.bias": "b_o" }[name] ?? name;
}

const units = (count) => Array.from({ length: count }, (_, unit) => [unit, `unit ${unit + 1}`]);

function options(select, choices, chosen) {
  const offered = choices.map(([value, name]) => `${value}=${name}`).join("|");
  if (select.dataset.offered !== offered) {
    select.replaceChildren(...choices.map(([value, name]) => element("option", { value }, name)));
    select.dataset.offered = offered;
  } else if (document.activeElement === select) return; // somebody is just choosing
  put(select, { value: String(chosen) });
}
