/**
 * Redraws the charts of a case for the numbers of the moment: latency budgets, what breaks first, load on
 * the diagram, what moves an estimate, where decisions flip. The twin of `casebook.charts`.
 */
import { roots, show } from "./engine.js";
import { amount, make, milliseconds, percent, same, say } from "./page.js";
import { p99 } from "./tail.js";
import { swings, turns } from "./turns.js";

/** Latency budgets: two stacked bars against the limit, and the table below them. */
export function drawBudgets(page, data, now, last) {
  for (const table of page.querySelectorAll("[data-budget]")) {
    const flow = table.dataset.budget;
    const [hops, total] = [now.hops[flow], now.latencies[flow]];
    if (!total || (last && same(last.hops[flow], hops) && limitOf(data, last, flow) === limitOf(data, now, flow))) continue;
    for (const row of table.querySelectorAll("[data-hop]")) {
      const [p50, p99] = hops[row.dataset.hop];
      const [, , first, second, bar] = row.children;
      first.textContent = milliseconds(p50);
      second.textContent = milliseconds(p99);
      bar.querySelector("span").style.width = `${(100 * p99) / total.p99}%`;
      bar.querySelector("small").textContent = `${((100 * p99) / total.p99).toFixed(1)} %`;
    }
    const [, p50, p99] = table.querySelector("[data-sum]").children;
    p50.textContent = milliseconds(total.p50);
    p99.textContent = milliseconds(total.p99);
    const limit = limitOf(data, now, flow);
    if (limit !== undefined) table.querySelector("[data-limit]").children[2].textContent = milliseconds(limit);
    const whole = Math.max(total.p99, limit ?? 0) * 1.02;
    const stack = page.querySelector(`[data-stack="${CSS.escape(flow)}"]`);
    for (const [index, bar] of [...stack.querySelectorAll(".stack__bar")].entries()) {
      for (const [hop, part] of [...bar.querySelectorAll(".stack__part")].entries()) part.style.width = `${(100 * hops[hop][index]) / whole}%`;
      if (limit !== undefined) bar.querySelector(".stack__limit").style.left = `${(100 * limit) / whole}%`;
    }
  }
}

/** The flow's own p99, sampled: a few milliseconds of work, so not while a slider moves. */
export function drawTails(page, data, now) {
  const number = (part) => (typeof part === "string" ? now.values[part] : part);
  for (const table of page.querySelectorAll("[data-budget]")) {
    const flow = table.dataset.budget;
    const total = now.latencies[flow];
    if (!total) continue;
    const estimated = p99(data.flows[flow].map((hop) => hop.map((times) => times.map(number))));
    table.querySelector("[data-tail]").children[2].textContent = milliseconds(estimated);
    const whole = Math.max(total.p99, limitOf(data, now, flow) ?? 0) * 1.02;
    page.querySelector(`[data-stack="${CSS.escape(flow)}"] .stack__bar .stack__tail`).style.left = `${(100 * estimated) / whole}%`;
  }
}

function limitOf(data, now, flow) {
  const found = Object.entries(data.requirements).filter(([id, { measure }]) => measure === `${flow}.p99` && now.requirements[id]);
  return found.length ? Math.min(...found.map(([id]) => now.requirements[id].bound)) : undefined;
}

/** What breaks first: at which multiple of the load a component passes 80 % and 100 %. */
export function drawStrain(page, now, load) {
  const place = (multiple) => 50 * Math.log10(Math.min(100, Math.max(1, multiple)));
  const used = (row) => now.utilisation[row.dataset.strain] ?? Infinity;
  const rows = [...page.querySelectorAll("[data-strain]")];
  rows.sort((a, b) => (used(a) === used(b) ? 0 : used(b) - used(a)));
  for (const row of rows) {
    const share = used(row);
    const [today, strip, warm, full] = [...row.children].slice(1);
    const [, second, first, mark] = strip.querySelectorAll("rect");
    say(today, percent(share));
    first.setAttribute("width", place(0.8 / share));
    second.setAttribute("width", place(1 / share));
    mark.setAttribute("x", place(load) - 0.4);
    mark.classList.toggle("strip__now", load > 1);
    say(warm, share < 0.8 ? `${show(0.8 / share)} ×` : "today");
    say(full, share < 1 ? `${show(1 / share)} ×` : "today");
  }
  const body = rows[0]?.parentElement;
  if (body && rows.some((row, index) => body.children[index] !== row)) body.append(...rows);
}

/** The badges of the diagram at a multiple of today's load, replicas held. Returns the boxes over 80 and 100 %. */
export function drawLoad(page, data, now, load) {
  const strained = { high: [], over: [] };
  for (const badge of page.querySelectorAll("#diagram .node__used, .player .node__used")) {
    const node = badge.closest("[data-node]");
    const share = (now.utilisation[node.dataset.node] ?? NaN) * load;
    const state = share > 1 ? "over" : share > 0.8 ? "high" : "fine";
    const kind = `node__used node__used--${state}`;
    if (badge.getAttribute("class") !== kind) badge.setAttribute("class", kind);
    say(badge.querySelector("text"), Number.isNaN(share) ? "–" : share > 99.9 ? "> 9999 %" : percent(share));
    strained[state]?.push({ name: page.querySelector(`#component-${CSS.escape(node.dataset.node)} th`).firstChild.textContent.trim(), share });
  }
  return strained;
}

/** What moves an estimate: a bar for each assumption, widest first. */
export function drawTornado(table, data, now, overrides, estimate) {
  const unit = data.estimates[estimate].unit;
  const found = swings(data, overrides, estimate);
  const middle = now.values[estimate];
  const values = [...found.flatMap(({ low, high }) => [low, high]), middle].filter((value) => value !== undefined);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const place = (value) => {
    if (!(most > least)) return 50;
    return least > 0 ? (100 * Math.log(value / least)) / Math.log(most / least) : (100 * (value - least)) / (most - least);
  };
  const rows = found.map(({ name, low, high }) => {
    const { range, unit: own } = data.assumptions[name];
    const bar = (value, kind) => {
      const [start, end] = [place(middle), place(value ?? middle)].sort((a, b) => a - b);
      return rectangle(start, end - start, 1.5, 5, kind);
    };
    const end = (value, bound) => make("td", { class: "num" }, make("span", {}, value === undefined ? "no value" : amount(value, unit), " ", make("small", { class: "dim" }, `at ${amount(bound, own)}`)));
    const strip = picture(bar(low, "strip__low"), bar(high, "strip__high"), rectangle(place(middle) - 0.3, 0.6, 0, 8, "strip__now"));
    return labelled(table, make("tr", { "data-swing": name }, named(name), end(low, range[0]), make("td", { class: "strip" }, strip), end(high, range[1])));
  });
  table.querySelector("tbody").replaceChildren(...rows);
}

/** Where a decision flips: the strip of each assumption that turns it, all others as they are now. */
export function drawFlips(box, data, now, decision, title) {
  const table = box.querySelector(".flip-table");
  if (!table) return;
  const asked = new Set(data.decisions[decision].flatMap(({ when }) => (when ? [...roots(data, when)] : [])));
  const picked = now.picks[decision]?.pick ?? null;
  const rows = [];
  for (const [name, part] of Object.entries(data.assumptions)) {
    if (!asked.has(name) || !part.range) continue;
    const found = turns(data, now, decision, name);
    if (!found.length) continue;
    const [low, high] = part.range;
    const cuts = [low, ...found.map(({ at }) => at), high];
    const place = (value) => (100 * Math.log(value / low)) / Math.log(high / low);
    const pieces = [found[0].below, ...found.map(({ above }) => above)].map((pick, index) => ({ pick, start: cuts[index], end: cuts[index + 1] }));
    const strip = pieces.map(({ pick, start, end }) => rectangle(place(start), place(end) - place(start), 1.5, 5, pick === picked ? "strip__same" : "strip__other"));
    const at = (value) => amount(value, part.unit, 4);
    const said = pieces.filter(({ pick }) => pick !== picked).map(({ pick, start, end }) => {
      const words = [...(start === low ? [`below ${at(end)}`] : []), ...(end === high ? [`above ${at(start)}`] : [])];
      if (!words.length) words.push(`from ${at(start)} to ${at(end)}`);
      return make("span", { class: "turn" }, make("strong", {}, pick === null ? "no value" : title(pick)), ` ${words.join(" and ")}`);
    });
    const here = make("td", { class: "num" }, amount(now.values[name], part.unit));
    const drawing = picture(...strip, rectangle(place(now.values[name]) - 0.4, 0.8, 0, 8, "strip__now"));
    rows.push(labelled(table, make("tr", {}, named(name), here, make("td", { class: "strip" }, drawing), make("td", {}, ...said))));
  }
  if (!rows.length) rows.push(make("tr", {}, make("td", { colspan: "4" }, "As the other numbers stand, no assumption turns it within its range.")));
  table.querySelector("tbody").replaceChildren(...rows);
}

const named = (name) => make("td", {}, make("a", { class: "name", href: `#n-${name}` }, name));

/** Names each cell after its column, as the build does, for screens too narrow for columns. */
function labelled(table, row) {
  const heads = [...table.querySelectorAll("thead th")];
  for (const [index, cell] of [...row.children].entries()) cell.dataset.label = heads[index].textContent;
  return row;
}

function picture(...parts) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of [["viewBox", "-1 0 102 8"], ["preserveAspectRatio", "none"], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
  svg.append(...parts);
  return svg;
}

function rectangle(x, width, y, height, kind) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ x, y, width: Math.max(0, width), height, class: kind })) made.setAttribute(name, value);
  return made;
}
