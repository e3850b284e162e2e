/**
 * Lets a reader move a case's assumptions: sliders and fields appear in the table, and estimates,
 * requirements, utilisation, latency budgets and decisions on the page follow, computed by engine.js.
 * The scenario is in the address (`?set=peak_factor~5`), so that a link carries it.
 */
import { drawBudgets, drawFlips, drawLoad, drawStrain, drawTails, drawTornado } from "./charts.js";
import { compute, roots, show } from "./engine.js";
import { amount, copier, make, percent, row as rowOf, say } from "./page.js";
import { NotAQuantity, read } from "./quantity.js";

const STEPS = 400; // of a slider, on a log scale
const REST = 150; // milliseconds without a change, after which what takes longer is drawn

class LiveCase extends HTMLElement {
  async connectedCallback() {
    this.page = this.closest("article") ?? document;
    const load = async (address) => (await fetch(address)).json();
    [this.data, this.known] = await Promise.all([load(this.dataset.src), load(this.dataset.units)]);
    this.first = compute(this.data);
    this.overrides = this.fromAddress();
    this.load = Math.min(100, Math.max(1, Number(new URLSearchParams(location.search).get("load")) || 1));
    this.rows = new Map();
    this.mentions = Map.groupBy(this.page.querySelectorAll(".value[data-name]"), (span) => span.dataset.name);
    for (const [name, part] of Object.entries(this.data.assumptions)) if (part.range) this.addControls(name, part);
    this.addVariants();
    this.addLoad();
    this.addTornado();
    this.addBar();
    this.draw();
  }

  disconnectedCallback() {
    this.bar?.remove();
    clearTimeout(this.waiting);
  }

  /** Puts a field into the value's cell and a slider into the range's. */
  addControls(name, part) {
    const row = rowOf(this.page, `n-${name}`);
    const [value, range] = row.querySelectorAll("td");
    const written = value.textContent.trim();
    const [low, high] = part.range;
    const field = make("input", { type: "text", class: "live-field", "aria-label": `${name}, with its unit`, spellcheck: "false", autocomplete: "off", "aria-describedby": `live-${name}` });
    const fault = make("span", { class: "live-fault", id: `live-${name}` });
    const slider = make("input", { type: "range", class: "live-slider", min: 0, max: STEPS, "aria-label": name });
    const back = make("button", { type: "button", class: "live-back", "aria-label": `Reset ${name}`, title: `Reset to ${written}` }, "↺");
    value.replaceChildren(make("span", { class: "live-value" }, field, back), fault);
    range.prepend(slider);
    slider.addEventListener("input", () => this.set(name, low * (high / low) ** (slider.value / STEPS)));
    field.addEventListener("change", () => {
      try {
        const typed = read(field.value, part.unit[0], this.known);
        if (typed < low * (1 - 1e-9) || typed > high * (1 + 1e-9)) throw new NotAQuantity(`stay between ${amount(low, part.unit)} and ${amount(high, part.unit)}`);
        this.set(name, typed);
      } catch (error) {
        if (!(error instanceof NotAQuantity)) throw error;
        fault.textContent = error.message;
        field.setAttribute("aria-invalid", "true");
      }
    });
    back.addEventListener("click", () => {
      this.set(name, part.value);
      slider.focus();
    });
    this.rows.set(name, { row, part, written, field, fault, slider, back });
  }

  addVariants() {
    for (const box of this.page.querySelectorAll("[data-variant]")) {
      const overrides = this.data.variants[box.dataset.variant];
      const button = make("button", { type: "button", class: "live-button" }, "Try it on this page");
      button.addEventListener("click", () => {
        this.overrides = { ...overrides };
        this.draw();
        this.page.querySelector("#assumptions, #estimates")?.scrollIntoView();
      });
      box.querySelector(".sets").after(button);
    }
  }

  /** A slider below the diagram multiplies today's load; the boxes show what it takes of their capacity. */
  addLoad() {
    const legend = this.page.querySelector(".legend");
    if (!legend || !Object.keys(this.data.components).length) return;
    const slider = make("input", { type: "range", class: "live-slider", min: 0, max: STEPS, "aria-label": "Load, in multiples of today's peak" });
    this.loadSaid = make("output", { class: "load__said" });
    const box = make("div", { class: "load" }, make("span", { class: "label" }, "Load"), slider, this.loadSaid);
    slider.addEventListener("input", () => {
      this.load = 100 ** (slider.value / STEPS);
      this.draw();
    });
    slider.addEventListener("keydown", (event) => event.stopPropagation()); // arrow keys around it play flows
    this.loadSlider = slider;
    legend.prepend(box);
  }

  /** The chart of what moves an estimate can show any of them. */
  addTornado() {
    this.tornado = this.page.querySelector("[data-tornado]");
    if (!this.tornado) return;
    const ranged = (name) => [...roots(this.data, this.data.estimates[name].formula)].some((root) => this.data.assumptions[root].range);
    const names = Object.keys(this.data.estimates).filter(ranged);
    const choice = make("select", { class: "live-choice", "aria-label": "Estimate" }, ...names.map((name) => make("option", { value: name }, name)));
    choice.value = this.tornado.dataset.tornado;
    choice.addEventListener("change", () => this.drawTornado(compute(this.data, this.overrides)));
    this.choice = choice;
    this.tornado.closest(".scroll").before(make("p", { class: "choice" }, make("span", { class: "label" }, "Estimate"), choice));
  }

  /** The bar at the foot of the window says what changed, and takes it back. */
  addBar() {
    this.said = make("span", { role: "status" });
    const reset = make("button", { type: "button", class: "live-button" }, "Reset all");
    const copy = copier("Copy link", () => (this.toAddress(), location.href), { class: "live-button" });
    reset.addEventListener("click", () => {
      const [first] = Object.keys(this.overrides);
      this.overrides = {};
      this.load = 1;
      this.draw();
      this.rows.get(first)?.slider.focus({ preventScroll: true }); // the bar goes; the reader is not lost
    });
    this.bar = make("div", { class: "live-bar" }, this.said, reset, copy);
    this.bar.hidden = true;
    document.body.append(this.bar);
  }

  set(name, base) {
    const { value } = this.data.assumptions[name];
    if (Math.abs(base - value) <= 1e-9 * Math.abs(value)) delete this.overrides[name];
    else this.overrides[name] = base;
    this.draw();
  }

  /** Takes the scenario from the address; what is no number of this case, or out of range, is dropped. */
  fromAddress() {
    const found = {};
    for (const part of (new URLSearchParams(location.search).get("set") ?? "").split(",")) {
      const [name, text] = part.split("~");
      const assumption = Object.hasOwn(this.data.assumptions, name) ? this.data.assumptions[name] : null;
      const base = Number(text) * (assumption?.unit[1] ?? NaN);
      const [low, high] = assumption?.range ?? [assumption?.value, assumption?.value];
      if (base >= low * (1 - 1e-9) && base <= high * (1 + 1e-9)) found[name] = base;
    }
    return found;
  }

  toAddress() {
    const state = new URLSearchParams(location.search);
    const set = Object.entries(this.overrides).map(([name, base]) => `${name}~${Number((base / this.data.assumptions[name].unit[1]).toPrecision(6))}`);
    if (set.length) state.set("set", set.join(","));
    else state.delete("set");
    if (this.load > 1) state.set("load", Number(this.load.toPrecision(3)));
    else state.delete("load");
    const query = state.toString().replaceAll("%7E", "~").replaceAll("%2C", ",");
    history.replaceState(history.state, "", `${location.pathname}${query ? `?${query}` : ""}${location.hash}`);
  }

  draw() {
    const [now, last] = [compute(this.data, this.overrides), this.last];
    this.last = now;
    for (const [name, { row, part, written, field, fault, slider, back }] of this.rows) {
      const base = now.values[name];
      const changed = name in this.overrides;
      if (last && last.values[name] === base && !fault.textContent) continue;
      field.value = changed ? amount(base, part.unit, 4) : written;
      field.removeAttribute("aria-invalid");
      fault.textContent = "";
      slider.value = Math.round((STEPS * Math.log(base / part.range[0])) / Math.log(part.range[1] / part.range[0]));
      slider.setAttribute("aria-valuetext", field.value);
      back.hidden = !changed;
      row.classList.toggle("changed", changed);
    }
    this.drawEstimates(now, last);
    this.drawDesign(now, last);
    const strained = this.drawLoad(now);
    const missed = this.drawRequirements(now, last);
    const flipped = this.drawDecisions(now);
    const count = Object.keys(this.overrides).length;
    const words = [];
    if (count) words.push(`${count} ${count === 1 ? "assumption" : "assumptions"} changed`);
    if (this.load > 1) words.push(`${show(this.load, 2)} × the load`);
    if (strained.over.length) words.push(`${strained.over.length} over capacity`);
    if (missed) words.push(`${missed} ${missed === 1 ? "requirement" : "requirements"} missed`);
    if (flipped) words.push(`${flipped} ${flipped === 1 ? "decision" : "decisions"} flipped`);
    this.said.textContent = words.join(" · ");
    this.bar.hidden = count === 0 && this.load === 1;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.drawRest(now, count > 0), REST);
  }

  /**
   * What takes longer than a frame: the address, where decisions flip now, what moves an estimate now,
   * sampled latencies. They stay as the build wrote them until the reader changes something.
   */
  drawRest(now, changed) {
    this.toAddress();
    if (!changed && !this.moved) return;
    this.moved = changed;
    drawTails(this.page, this.data, now);
    this.drawTornado(now);
    for (const box of this.page.querySelectorAll("[data-decision]")) {
      if (this.data.decisions[box.dataset.decision].length) drawFlips(box, this.data, now, Number(box.dataset.decision), titles(box));
    }
  }

  drawTornado(now) {
    if (this.tornado) drawTornado(this.tornado, this.data, now, this.overrides, this.choice.value);
  }

  drawLoad(now) {
    const strained = drawLoad(this.page, this.data, now, this.load);
    if (!this.loadSlider) return strained;
    this.loadSlider.value = Math.round((STEPS * Math.log10(this.load)) / 2);
    const list = (parts) => parts.map(({ name, share }) => `${name} ${percent(share)}`).join(", ");
    const words = [this.load > 1 ? `${show(this.load, 2)} × today’s peak` : "today’s peak"];
    if (strained.over.length) words.push(`over 100 %: ${list(strained.over)}`);
    if (strained.high.length) words.push(`over 80 %: ${list(strained.high)}`);
    if (words.length === 1) words.push("nothing above 80 %");
    this.loadSaid.textContent = words.join(" · ");
    this.loadSlider.setAttribute("aria-valuetext", words.join(", "));
    return strained;
  }

  unit(name) {
    return (this.data.assumptions[name] ?? this.data.estimates[name]).unit;
  }

  drawEstimates(now, last) {
    const stands = (name) => last && last.values[name] === now.values[name] && last.errors[name] === now.errors[name];
    for (const [name, { unit }] of Object.entries(this.data.estimates)) {
      if (stands(name)) continue;
      const box = rowOf(this.page, `n-${name}`);
      const shown = box.querySelector(".estimate__head strong");
      shown.textContent = name in now.values ? amount(now.values[name], unit) : `no value: ${now.errors[name] ?? "it uses one that has none"}`;
      const [before, after] = [this.first.values[name], now.values[name]];
      const changed = after === undefined || Math.abs(after - before) > 1e-9 * Math.abs(before);
      box.classList.toggle("changed", changed);
      let delta = box.querySelector(".delta");
      if (!delta) shown.after((delta = make("small", { class: "delta" })));
      delta.textContent = changed && after !== undefined ? change(before, after) : "";
    }
    for (const [name, spans] of this.mentions) {
      if (stands(name)) continue;
      const text = name in now.values ? amount(now.values[name], this.unit(name)) : "?";
      for (const span of spans) span.textContent = text;
    }
  }

  drawDesign(now, last) {
    for (const name of Object.keys(this.data.components)) {
      const cell = this.page.querySelector(`#component-${CSS.escape(name)} td:last-child`);
      const share = now.utilisation[name] ?? Infinity;
      say(cell, percent(share));
      cell.classList.toggle("missed", share > 1);
    }
    drawStrain(this.page, now, this.load);
    drawBudgets(this.page, this.data, now, last);
  }

  drawRequirements(now, last) {
    let missed = 0;
    for (const [id, { unit, sense, bound }] of Object.entries(this.data.requirements)) {
      const row = rowOf(this.page, `requirement-${id}`);
      const result = now.requirements[id];
      const shown = row.querySelector(".met, .missed");
      const holds = result?.holds ?? false;
      missed += !holds;
      const before = last?.requirements[id];
      if (before && result && before.value === result.value && before.bound === result.bound) continue;
      shown.className = holds ? "met" : "missed";
      shown.replaceChildren(result ? `${amount(result.value, unit)} ` : "no value ", make("small", {}, holds ? "met" : "missed"));
      if (typeof bound === "string" && result) {
        row.querySelector("td.num > span").firstChild.textContent = `${sense.replace("<=", "≤").replace(">=", "≥")} ${amount(result.bound, unit)}`;
      }
    }
    return missed;
  }

  drawDecisions(now) {
    let flipped = 0;
    for (const box of this.page.querySelectorAll("[data-decision]")) {
      const index = Number(box.dataset.decision);
      const rule = this.data.decisions[index];
      if (!rule.length) continue;
      const [before, after] = [this.first.picks[index], now.picks[index]];
      const title = titles(box);
      for (const [line, item] of [...box.querySelectorAll(".rule li")].entries()) {
        const taken = after?.line === line;
        item.classList.toggle("taken", taken);
        const pick = item.querySelector(".rule__pick");
        pick.replaceChildren(title(rule[line].pick), ...(taken ? [" ", make("small", {}, "holds")] : []));
      }
      for (const row of box.querySelectorAll("[data-option]")) row.classList.toggle("picked", row.dataset.option === after?.pick);
      box.querySelector(".pick strong").textContent = after ? title(after.pick) : "no value";
      const turned = after?.pick !== before.pick;
      flipped += turned;
      box.classList.toggle("flipped", turned);
      let note = box.querySelector(".flip-note");
      if (!note) box.querySelector(".pick").append(" ", (note = make("small", { class: "flip-note" })));
      const asked = new Set(rule.flatMap(({ when }) => (when ? [...roots(this.data, when)] : [])));
      const why = Object.keys(this.overrides).filter((name) => asked.has(name));
      note.textContent = turned ? `flipped from “${title(before.pick)}” by ${why.join(", ")}` : "";
    }
    return flipped;
  }
}

const titles = (box) => (option) => box.querySelector(`[data-option="${CSS.escape(option)}"] th`).textContent;

/** Says by how much a number moved: as a factor where it is large, else in per cent. */
function change(before, after) {
  if (!before) return "changed";
  const ratio = after / before;
  if (ratio >= 2) return `× ${show(ratio)}`;
  if (ratio > 0 && ratio <= 0.5) return `÷ ${show(1 / ratio)}`;
  return `${ratio >= 1 ? "+" : "−"}${show(Math.abs(ratio - 1) * 100)} %`;
}

customElements.define("live-case", LiveCase);
