/**
 * What would change a case: where along an assumption's range a decision turns, and what each
 * assumption alone makes of an estimate. The twin of `casebook.flips` and `casebook.sensitivity`.
 */
import { compute, evaluate, mentions, NoValue, roots } from "./engine.js";

const STEPS = 64;
const EXACT = 1e-4; // relative

/** Returns the turns of a decision along one assumption, all others as they are now: [{at, below, above}]. */
export function turns(data, now, decision, name) {
  const rule = data.decisions[decision];
  const values = { ...now.values };
  const chain = follows(data, name, rule.flatMap(({ when }) => (when ? [when] : [])));
  const pick = (value) => {
    values[name] = value;
    try {
      for (const estimate of chain) values[estimate] = evaluate(data.estimates[estimate].formula, values);
      return rule.find(({ when }) => when === null || evaluate(when, values))?.pick ?? null;
    } catch (error) {
      if (!(error instanceof NoValue)) throw error;
      return null;
    }
  };
  const [low, high] = data.assumptions[name].range;
  const found = [];
  let left = low;
  let below = pick(low);
  for (let step = 1; step <= STEPS; step += 1) {
    const right = step === STEPS ? high : low * (high / low) ** (step / STEPS);
    const above = pick(right);
    if (above !== below) found.push(halve(pick, left, right, below, above));
    [left, below] = [right, above];
  }
  return found;
}

function halve(pick, left, right, below, above) {
  while (right / left > 1 + EXACT) {
    const middle = Math.sqrt(left * right);
    const got = pick(middle);
    if (got === below) left = middle;
    else [right, above] = [middle, got];
  }
  return { at: Math.sqrt(left * right), below, above };
}

/** Returns the estimates between an assumption and some trees, in the order in which they are computed. */
function follows(data, name, trees) {
  const wanted = new Set();
  const waiting = trees.flatMap(mentions);
  while (waiting.length) {
    const part = waiting.pop();
    if (part in data.estimates && !wanted.has(part)) {
      wanted.add(part);
      waiting.push(...mentions(data.estimates[part].formula));
    }
  }
  const touched = new Set([name]);
  return Object.entries(data.estimates).flatMap(([estimate, { formula }]) => {
    if (!wanted.has(estimate) || !mentions(formula).some((part) => touched.has(part))) return [];
    touched.add(estimate);
    return [estimate];
  });
}

/** Returns, widest first, what each assumption alone makes of an estimate at both ends of its range. */
export function swings(data, overrides, estimate) {
  const now = compute(data, overrides).values[estimate];
  const at = (name, value) => compute(data, { ...overrides, [name]: value }).values[estimate];
  const width = ({ low, high }) => {
    if (low === undefined || high === undefined || now === undefined) return Infinity;
    const [least, , most] = [low, now, high].sort((a, b) => a - b);
    return least > 0 ? most / least : 1 + most - least;
  };
  return [...roots(data, data.estimates[estimate].formula)]
    .filter((name) => data.assumptions[name].range)
    .map((name) => ({ name, low: at(name, data.assumptions[name].range[0]), high: at(name, data.assumptions[name].range[1]) }))
    .sort((a, b) => (width(a) === width(b) ? 0 : width(b) - width(a)));
}
