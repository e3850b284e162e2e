/**
 * Reads quantities as the YAML writes them: "20 million event/day", "2 kB/event", "95 %", "30 ms".
 * The units come from the same definitions as the build's, as data.
 */

/** Why a text is no quantity; the message is for the person who typed it. */
export class NotAQuantity extends Error {}

/**
 * Returns a typed quantity in base units. `own` is the unit of the number that it replaces, and is
 * taken where none is typed. Throws NotAQuantity.
 */
export function read(text, own, known) {
  const found = /^\s*([+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*(.*)$/.exec(text.replace(/(\d),(?=\d{3}(\D|$))/g, "$1"));
  if (!found) throw new NotAQuantity("begin with a number, such as 20 million");
  let value = Number(found[1]);
  let rest = found[2].trim();
  const word = /^[a-z]+/.exec(rest);
  if (word && Object.hasOwn(known.magnitudes, word[0])) {
    value *= known.magnitudes[word[0]];
    rest = rest.slice(word[0].length).trim();
  }
  const wanted = unit(own, known);
  const given = rest ? unit(rest, known) : wanted;
  const same = [...new Set([...Object.keys(wanted.dims), ...Object.keys(given.dims)])].every((name) => (wanted.dims[name] ?? 0) === (given.dims[name] ?? 0));
  if (!same) throw new NotAQuantity(own ? `write it in ${own}, or in a unit of the same kind` : "this is a plain number, without a unit");
  return value * given.factor;
}

/** Returns a unit such as `kB/request/s` as its size in base units and its dimensions. */
function unit(text, known) {
  const made = { factor: 1, dims: {} };
  let sign = 1;
  for (const part of text.split(/\s*([*/·])\s*/).filter(Boolean)) {
    if (part === "/" || part === "*" || part === "·") {
      sign = part === "/" ? -1 : 1;
    } else if (part !== "1") {
      const [, name, power = "1"] = /^(.*?)(?:\*\*(-?\d))?$/.exec(part);
      const [factor, dims] = one(name, known);
      const times = sign * Number(power);
      made.factor *= factor ** times;
      for (const [dim, exponent] of Object.entries(dims)) made.dims[dim] = (made.dims[dim] ?? 0) + times * exponent;
    }
  }
  return made;
}

function one(name, known) {
  if (name === "%") return [0.01, {}];
  for (const word of [name, name.replace(/s$/, "")]) {
    if (Object.hasOwn(known.units, word)) return known.units[word];
    for (const [prefix, size] of Object.entries(known.prefixes)) {
      const bare = word.slice(prefix.length);
      if (word.startsWith(prefix) && Object.hasOwn(known.units, bare)) return [size * known.units[bare][0], known.units[bare][1]];
    }
  }
  throw new NotAQuantity(`"${name}" is not a unit here`);
}
