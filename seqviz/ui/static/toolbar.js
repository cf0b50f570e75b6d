// The buttons that drive a run, and the line of numbers that says how far it is.

import { element, put, setText, sign } from "./dom.js";

const BUTTONS = [
  ["step", "One step", "One update: one batch of examples, forward, backward, and one change of the weights"],
  ["epoch", "One epoch", "Train for one more pass through the training data"],
  ["reset", "Reset", "Throw away what was learned and go back to the first, random weights"],
];
const PACES = [
  ["full", "full speed"],
  ["medium", "one update a picture"],
  ["slow", "slow motion"],
];

export class Toolbar {
  /** order(message) sends an order; the toolbar shows what it will do without waiting for the answer. */
  constructor(order) {
    this.order = order;
    this.state = "waiting";
    this.updates = [];
    this.asked = {}; // pace and update that were chosen last, until a frame says the same; Infinity is the newest
    this.sign = sign("play");
    this.word = element("span");
    const act = { class: "seqviz-train", type: "button", onclick: () => this.toggle() };
    this.train = element("button", act, this.sign, this.word);
    this.buttons = BUTTONS.map(([verb, text, title]) =>
      element("button", { type: "button", title, onclick: () => this.press(verb) }, text),
    );
    this.sweep = element("button", { type: "button", hidden: "", onclick: () => this.press("sweep") });
    this.pace = element(
      "select",
      { onchange: () => this.goAt(this.pace.value) },
      ...PACES.map(([value, text]) => element("option", { value }, text)),
    );
    this.back = element("input", {
      type: "range",
      min: 0,
      value: 0, // at its beginning until something is known
      oninput: () => this.lookBack(),
      title: "See the network as it was earlier in this run",
    });
    this.past = element("label", { class: "seqviz-back" }, "Look back", this.back);
    this.shown = element("span", { class: "seqviz-state", role: "status" });
    this.root = element(
      "div",
      { class: "seqviz-toolbar", role: "group", "aria-label": "Training" },
      this.train,
      ...this.buttons,
      this.sweep,
      element("label", {}, "Speed", this.pace),
      this.past,
      this.shown,
    );
    this.paint();
  }

  toggle() {
    this.press(this.state === "training" ? "pause" : "train");
  }

  press(verb) {
    this.expect(verb === "pause" ? "paused" : verb === "reset" ? "busy" : "training");
    this.order({ do: verb });
  }

  goAt(pace) {
    this.asked.pace = pace;
    this.order({ do: "speed", pace });
  }

  lookBack() {
    const place = Number(this.back.value);
    const newest = place === this.updates.length - 1;
    this.asked.update = newest ? Infinity : this.updates[place];
    this.order({ do: "back", update: newest ? -1 : this.updates[place] });
    this.paint();
  }

  /** Shows at once what has been asked for; the next frame says what is so. */
  expect(state) {
    this.state = state;
    this.asked = {};
    this.paint();
  }

  /** Brings everything up to the status of a frame: seqviz/serving/status.py says what it holds. */
  update(status) {
    const { asked } = this;
    this.state = status.state;
    this.updates = status.past;
    this.unanswered = status.unanswered;
    if (asked.pace === status.pace) delete asked.pace;
    put(this.pace, { value: asked.pace ?? status.pace });
    put(this.past, { hidden: !this.updates.length });
    put(this.back, { max: String(this.updates.length - 1) });
    const wanted = Math.min(asked.update, this.updates.at(-1));
    if (wanted === status.update || !this.updates.includes(wanted)) delete asked.update;
    const seen = this.updates.findLastIndex((at) => at <= (asked.update ?? status.update));
    put(this.back, { value: String(seen) });
    this.paint();
  }

  paint() {
    const training = this.state === "training";
    const idle = ["waiting", "lost", "ended"].includes(this.state);
    const over = ["diverged", "finished"].includes(this.state);
    const [step, epoch, reset] = this.buttons;
    put(this.root.dataset, { state: this.state });
    put(this.sign.dataset, { sign: training ? "pause" : "play" });
    setText(this.word, training ? "Pause" : "Train");
    put(this.train, {
      ariaLabel: training ? "Pause training" : "Train",
      title: training ? "Stop here; Train goes on from this update" : "Train until you press Pause",
      disabled: idle || over,
    });
    put(step, { disabled: idle || over });
    put(epoch, { disabled: idle || over });
    put(reset, { disabled: idle });
    put(this.pace, { disabled: idle });
    setText(this.sweep, this.unanswered === 0 ? "All lags tried" : "Try all lags");
    put(this.sweep, {
      title: this.unanswered
        ? "Train these runs at one lag after the other, each until it has solved the task or used up its updates"
        : "The same seed would give the same again. Reset clears the chart",
      disabled: idle || training || !this.unanswered,
    });
    const place = Number(this.back.value);
    put(this.back, { ariaValueText: place < this.updates.length - 1 ? `update ${this.updates[place]}` : "now" });
    put(this.back, { disabled: idle || training || this.updates.length < 2 });
    setText(this.shown, STATES[this.state]);
  }
}

const STATES = {
  waiting: "connecting",
  busy: "building",
  new: "not trained yet",
  training: "training",
  paused: "paused",
  finished: "finished",
  diverged: "diverged",
  lost: "no connection",
  ended: "closed",
};
