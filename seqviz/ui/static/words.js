// The numbers of a run in words: seqviz/serving/status.py says what a status holds.

/** The parts of the status line, each [text, what it means]. */
export function sentence(status) {
  if (status.update === 0) {
    return [
      ["Not trained yet: the weights are random, and so is what you see. Press Train.", ""],
      [held(status), heldMeaning(status)],
    ];
  }
  const recent = `mean over the last ${status.recent} updates, each on one batch`;
  return [
    [`Update ${whole(status.update)}`, pace(status)],
    [`epoch ${fixed(status.epoch, 1)}`, "One epoch: every training example has been seen once"],
    [`loss ${significant(status.loss)}`, `Cross-entropy in nats, ${recent}`],
    [`training ${status.score_name} ${percent(status.score)}`, `The ${recent}`],
    [held(status), heldMeaning(status)],
  ];
}

function held(status) {
  return `held-out ${status.score_name} ${percent(status.held_score)} (${status.baseline_name}: ${percent(status.baseline)})`;
}

function heldMeaning(status) {
  return `On examples that were never trained on, at update ${whole(status.held_update ?? 0)}. What the network has to beat: ${status.baseline_name}, ${percent(status.baseline)}.`;
}

function pace(status) {
  const speed = status.rate ? `, ${whole(Math.round(status.rate))} updates a second while training` : "";
  return `Learning rate ${significant(status.learning_rate)}${speed}`;
}

const whole = (number) => number.toLocaleString("en-GB");
const fixed = (number, digits) => number.toLocaleString("en-GB", fraction(digits));
const percent = (share) => (share === null ? "unknown" : `${(100 * share).toLocaleString("en-GB", fraction(1))} %`);
const significant = (number) =>
  number === null ? "unknown" : number.toLocaleString("en-GB", { maximumSignificantDigits: 3 });

function fraction(digits) {
  return { minimumFractionDigits: digits, maximumFractionDigits: digits };
}
