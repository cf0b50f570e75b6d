// Limits that follow every number would make a picture jump while a network trains. Where they still fit they stay.

const LIMITS = ["range", "tickvals", "ticktext"];
const ROOMY = 2; // an axis fits as long as it is not more than this many times as long as it need be

/**
 * `layout` as it is to be drawn: the axes named in its `meta.steady` keep the limits that they have in the layout
 * `before` while the numbers fit in. It is `before` itself if nothing else differs.
 */
export function settled(before, layout) {
  const kept = (layout.meta?.steady ?? []).filter((axis) => fits(before?.[axis], layout[axis]));
  if (!kept.length) return layout;
  const drawn = { ...layout, ...Object.fromEntries(kept.map((axis) => [axis, before[axis]])) };
  return same(before, drawn) ? before : drawn;
}

function fits(before, after) {
  if (!before || !same(before, after, LIMITS)) return false;
  const [low, high] = before.range;
  const [lowest, highest] = after.range;
  return low <= lowest && highest <= high && high - low <= ROOMY * (highest - lowest);
}

/** Whether two objects hold the same things, whatever stands under the names `but`. */
function same(one, other, but = []) {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  for (const name of but) names.delete(name);
  return [...names].every((name) => one[name] === other[name]);
}
