// The weights that all steps share: what each step adds to their gradient, and what the update makes of them.

import { element, setText } from "./dom.js";
import { Graph } from "./graphs.js";

/** What a story's beat shows of a matrix: {kind, title, matrices, limits, shape}, or undefined where it speaks of none. */
function ledger(story, place) {
  const beat = speaking(story.beats, place);
  if (!beat || beat.matrix < 0) return undefined;
  const matrix = story.matrices[beat.matrix];
  const [shares, weights, change] = matrix.limits;
  if (beat.phase === "update") {
    const after = matrix.weights.map((row, i) => row.map((value, j) => value + matrix.change[i][j]));
    return {
      kind: "changing",
      title: `${matrix.name} in the update`,
      matrices: [matrix.weights, matrix.change, after],
      limits: [weights, change, weights],
      shape: matrix.shape,
    };
  }
  const total = matrix.weights.map((row) => new Float64Array(row.length));
  let own;
  for (const { matrix: spoken, share: number } of story.beats.slice(0, place + 1)) {
    if (spoken !== beat.matrix || number < 0) continue;
    own = outer(matrix.gradients[number], matrix.states[number]);
    own.forEach((row, i) => row.forEach((value, j) => (total[i][j] += value)));
  }
  return {
    kind: "adding",
    title: `∂L/∂${matrix.name}`,
    matrices: [own, total],
    limits: [shares, shares],
    shape: matrix.shape,
  };
}

/** The beat at `place`; on the way back, where none is of a matrix, the last before it that is: the sum so far stays. */
function speaking(beats, place) {
  const beat = beats[place];
  if (beat?.phase !== "backward" || beat.matrix >= 0) return beat;
  return beats.slice(0, place).findLast(({ phase, matrix }) => phase === "backward" && matrix >= 0);
}

function outer(rows, columns) {
  return Array.from(rows, (row) => Float64Array.from(columns, (column) => row * column));
}

/** How much of the matrix is shown, and what full colour means. */
function said({ matrices: [matrix], limits, shape: [rows, columns], kind }) {
  const shown = `${matrix.length} of ${rows} rows and ${matrix[0].length} of ${columns} columns.`;
  const [first, second] = limits.map((limit) => limit.toPrecision(2));
  const scale = kind === "adding" ? `${first} everywhere` : `${first} in the weights, ${second} in the step`;
  return `${shown} Full colour: ${scale}.`;
}

/** The panel that lies over another while the gradient's shares and the update are told. */
export class Weights {
  constructor() {
    this.canvas = element("div", { class: "seqviz-matrices", role: "img", "aria-label": "The shared recurrent weights" });
    this.title = element("h3");
    this.note = element("p", { class: "seqviz-look-for" });
    this.root = element("div", { class: "seqviz-weights", hidden: "" }, this.title, this.canvas, this.note);
  }

  /** over: the panel to lie over, if any. */
  lay(over) {
    if (over && this.root.parentElement !== over) over.append(this.root);
  }

  /** Whether there is a panel to lie over. */
  get laid() {
    return this.root.isConnected;
  }

  async show(plotly, template, story, place) {
    const told = story && ledger(story, place);
    this.root.hidden = !told;
    if (!told) return;
    setText(this.title, told.title);
    setText(this.note, said(told));
    const z = told.matrices.map((matrix) => Array.from(matrix));
    const limits = told.limits;
    if (this.kind === told.kind && this.template === template) {
      // Only the numbers are new: far cheaper than to draw anew, while the picture above is moving.
      await plotly.restyle(this.canvas, { z, zmin: limits.map((limit) => -limit), zmax: limits });
      return;
    }
    this.graph ??= new Graph(this.canvas, plotly);
    [this.kind, this.template] = [told.kind, template];
    const { data, layout } = story[told.kind];
    const filled = data.map((part, place) => ({ ...part, z: z[place], zmin: -limits[place], zmax: limits[place] }));
    await this.graph.draw({ data: filled, layout }, template, false);
  }

  remove() {
    this.graph?.remove();
    this.root.remove();
  }
}
