/**
 * Computes a case in the browser, by the formula trees that the build checked and wrote as data.
 * The same operations in the same order as `casebook.evaluation`, `casebook.latency` and
 * `casebook.estimate`, over doubles: a test compares both on random inputs. Nothing here touches the page.
 */

/** Why a number has no value; the message is for a person. */
export class NoValue extends Error {}

const COMPARE = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};

/** Returns the value of a tree in base units; a comparison gives 1 or 0. Throws NoValue. */
export function evaluate(tree, values) {
  const result = step(tree, values);
  if (!Number.isFinite(result)) throw new NoValue("is too large to compute");
  return result;
}

function step(tree, values) {
  if (typeof tree === "number") return tree;
  if (typeof tree === "string") return values[tree];
  const [op, ...args] = tree;
  if (op === "and") return Number(args.every((arg) => step(arg, values)));
  if (op === "or") return Number(args.some((arg) => step(arg, values)));
  const [a, b] = args.map((arg) => step(arg, values));
  switch (op) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      if (b === 0) throw new NoValue("divides by zero");
      return a / b;
    case "**":
      return power(a, b);
    case "neg":
      return -a;
    case "not":
      return Number(!a);
    case "min":
      return Math.min(...args.map((arg) => step(arg, values)));
    case "max":
      return Math.max(...args.map((arg) => step(arg, values)));
    case "ceil":
    case "floor":
      return whole(op, a);
    case "sqrt":
      if (a < 0) throw new NoValue("takes the square root of a negative number");
      return Math.sqrt(a);
    case "log2":
      if (a <= 0) throw new NoValue("takes the logarithm of a number that is not above zero");
      return Math.log2(a);
    default:
      return Number(COMPARE[op](a, b));
  }
}

/** 12.000000000000002 replicas are 12: products of decimals are off by a few parts in 1e16. */
function whole(op, value) {
  if (!Number.isFinite(value)) return value;
  const near = Math.floor(value + 0.5);
  if (Math.abs(value - near) <= 1e-12 * Math.max(1, Math.abs(value))) return near;
  return op === "ceil" ? Math.ceil(value) : Math.floor(value);
}

/** Whole exponents by repeated multiplication, which gives the same bits in every host. */
function power(base, exponent) {
  if (!Number.isFinite(exponent)) throw new NoValue("is too large to compute");
  if (base === 0 && exponent < 0) throw new NoValue("divides by zero");
  if (base < 0 && !Number.isInteger(exponent)) throw new NoValue("raises a negative number to a fraction");
  if (!Number.isInteger(exponent) || Math.abs(exponent) > 64) return Math.pow(base, exponent);
  let result = 1;
  for (let count = 0; count < Math.abs(exponent); count += 1) result *= base;
  if (exponent >= 0) return result;
  return result ? 1 / result : Infinity;
}

const HOLDS = { "<=": COMPARE["<="], "<": COMPARE["<"], ">=": COMPARE[">="], ">": COMPARE[">"] };

/**
 * Returns all numbers of a case, with some assumptions overridden (base units):
 * values, errors by the name of the estimate, hops and latencies in seconds, utilisation, requirements, picks.
 * What has no value is left out; what uses it is left out too, without an error of its own.
 */
export function compute(data, overrides = {}) {
  const values = {};
  const errors = {};
  for (const [name, part] of Object.entries(data.assumptions)) values[name] = overrides[name] ?? part.value;
  const failed = new Set();
  for (const [name, part] of Object.entries(data.estimates)) {
    if (mentions(part.formula).some((used) => failed.has(used))) failed.add(name);
    else {
      try {
        values[name] = evaluate(part.formula, values);
      } catch (error) {
        if (!(error instanceof NoValue)) throw error;
        errors[name] = error.message;
        failed.add(name);
      }
    }
  }
  const number = (part) => (typeof part === "string" ? values[part] : part);

  const latencies = {};
  const hops = {};
  for (const [flow, parts] of Object.entries(data.flows)) {
    const slowest = (hop, index) => Math.max(...hop.map((times) => number(times[index]) ?? NaN));
    hops[flow] = parts.map((hop) => [slowest(hop, 0), slowest(hop, 1)]);
    const [p50, p99] = [0, 1].map((index) => hops[flow].reduce((total, hop) => total + hop[index], 0));
    if (!Number.isNaN(p50 + p99)) latencies[flow] = { p50, p99 };
  }

  const utilisation = {};
  for (const [name, parts] of Object.entries(data.components)) {
    const [load, capacity, replicas] = parts.map(number);
    if (load !== undefined && capacity * replicas) utilisation[name] = load / (capacity * replicas);
  }

  const requirements = {};
  for (const [id, part] of Object.entries(data.requirements)) {
    const [flow, quantile] = part.measure.split(".");
    const value = quantile ? latencies[flow]?.[quantile] : values[part.measure];
    const bound = number(part.bound);
    if (value !== undefined && bound !== undefined) requirements[id] = { value, bound, holds: HOLDS[part.sense](value, bound) };
  }

  const picks = data.decisions.map((rule, index) => decide(rule, index, values, failed, errors));
  return { values, errors, hops, latencies, utilisation, requirements, picks };
}

/** Returns the pick of a rule and the line that holds; null where there is no rule, or no value. */
function decide(rule, index, values, failed, errors) {
  let taken = null;
  for (const [line, { when, pick }] of rule.entries()) {
    if (when === null) {
      taken ??= { pick, line };
      continue;
    }
    if (mentions(when).some((used) => failed.has(used))) return null;
    try {
      if (evaluate(when, values) && taken === null) taken = { pick, line };
    } catch (error) {
      if (!(error instanceof NoValue)) throw error;
      errors[`decision ${index + 1}`] = error.message;
      return null;
    }
  }
  return taken;
}

/** Returns the names that a tree uses. */
export function mentions(tree) {
  if (typeof tree === "string") return [tree];
  return Array.isArray(tree) ? tree.slice(1).flatMap(mentions) : [];
}

/** Returns the assumptions that a tree depends on, through estimates. */
export function roots(data, tree, found = new Set()) {
  for (const name of mentions(tree)) {
    if (name in data.estimates) roots(data, data.estimates[name].formula, found);
    else found.add(name);
  }
  return found;
}

/** Returns a number at some significant digits, as `casebook.quantity.show` does. */
export function show(value, digits = 3) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 - 0.5 * 10 ** (6 - digits) && size < 1e15) {
    for (const [word, scale] of [["trillion", 1e12], ["billion", 1e9], ["million", 1e6]]) {
      if (Number((size / scale).toPrecision(digits)) >= 1) return `${show(value / scale, digits)} ${word}`;
    }
  }
  const rounded = Number(value.toPrecision(digits));
  if (size < 1e-4 || size >= 1e15) return rounded.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  if (Math.abs(rounded) < 1000) return String(rounded);
  const [whole, part] = String(rounded).split("."); // `toLocaleString` would cost ten times as much
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? `.${part}` : "");
}
