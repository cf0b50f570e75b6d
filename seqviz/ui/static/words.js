// The numbers of a run in words: seqviz/serving/status.py says what a status holds.

/** The parts of the status line, each [text, what it means, the run it is about if there are several]. */
export function sentence(status) {
  if (status.sides) return sides(status);
  const newest = status.past.at(-1) ?? 0;
  const back = status.state !== "training" && status.update < newest;
  if (status.update === 0) {
    const now = back
      ? `Before the first of ${whole(newest)} updates, looking back: all weights were random.`
      : "Not trained yet: all weights are random. Press Train.";
    return [
      [now, ""],
      [`held-out ${status.score_name} ${percent(status.held_score)}${held(status)}`, heldMeaning(status)],
    ];
  }
  const recent = `mean over the last ${status.recent} updates, each on one batch`;
  return [
    [`Update ${whole(status.update)}${back ? ` of ${whole(newest)}, looking back` : ""}`, pace(status)],
    [`epoch ${tenths(status.epoch)}`, "One epoch: as many examples as one pass through the training data has"],
    [`loss ${significant(status.loss)}`, `Cross-entropy in nats, ${recent}`],
    [`${status.score_name} ${percent(status.score)} in training,`, `The ${recent}`],
    [`${percent(status.held_score)} held out${held(status)}`, heldMeaning(status)],
  ];
}

/** Of several runs: the lag, then each one's held-out score and how far it is where they are not all as far. */
function sides(status) {
  const { sweep, lag, sides } = status;
  const left = sweep.length > 1 ? `, then ${sweep.slice(1).join(", ")}` : "";
  const together = sides.every(({ update }) => update === status.update);
  return [
    [sweep.length ? `Trying lag ${lag}${left}` : `Lag ${lag}`, "Steps between what has to be remembered and the question"],
    [together ? `update ${whole(status.update)}` : "", "The runs keep step: each has had the same number of updates"],
    ...sides.map((side) => [
      `${side.name}: ${side.state === "diverged" ? "diverged, " : ""}held-out ${status.score_name} ${percent(side.held_score)}${together ? "" : ` at update ${whole(side.update)}`}`,
      `${side.state}${side.rate ? `, ${significant(1000 / side.rate)} ms an update` : ""}`,
      side,
    ]),
    [`${status.baseline_name}: ${percent(status.baseline)}`, "What every one has to beat"],
  ].filter(([text]) => text);
}

const BLEU =
  "BLEU (Papineni et al. 2002) goes from 0 to 100: how many runs of one to four words a translation shares with the right one.";

/** What stands behind the score on held-out examples. */
function held(status) {
  const bleu = status.held_bleu === null ? "" : `, BLEU ${tenths(status.held_bleu)}`;
  return `${bleu} (${status.baseline_name}: ${percent(status.baseline)})`;
}

function heldMeaning(status) {
  return `On examples kept apart from training, at update ${whole(status.held_update ?? 0)}. What the network has to beat: ${status.baseline_name}, ${percent(status.baseline)}.${status.held_bleu === null ? "" : ` ${BLEU}`}`;
}

function pace(status) {
  const speed = status.rate ? `, ${whole(Math.round(status.rate))} updates a second while training` : "";
  return `Learning rate ${significant(status.learning_rate)}${speed}`;
}

/** A way of writing numbers. Made once: that costs more than a hundred numbers. */
function writing(options) {
  const format = new Intl.NumberFormat("en-GB", options);
  return (number) => format.format(number);
}

const whole = writing();
const tenths = writing({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
const three = writing({ maximumSignificantDigits: 3 });
const percent = (share) => (share === null ? "unknown" : `${tenths(100 * share)} %`);

/** Three digits; very large and very small numbers as a power of ten. */
function significant(number) {
  if (number === null) return "unknown";
  const size = Math.abs(number);
  if (size === 0 || (size >= 1e-4 && size < 1e5)) {
    return three(number);
  }
  const [digits, power] = number.toExponential(2).split("e");
  return `${digits} × 10${[...power.replace("+", "")].map((sign) => RAISED[sign]).join("")}`;
}

const RAISED = { "-": "⁻", ...Object.fromEntries([..."⁰¹²³⁴⁵⁶⁷⁸⁹"].map((sign, digit) => [digit, sign])) };
