/** A round on the page: the clock, one phase at a time, notes as typed, hints, and the reference beside them. */
import { board } from "./board.js";
import { ask } from "./drill.js";
import { button, html, make } from "./page.js";
import { alarm, clock, end, go, left, look, pause, resume, total } from "./round.js";

const TICK = 500;

export class RoundView {
  constructor(room, round, game) {
    Object.assign(this, { room, round, game, phases: room.index.phases });
    this.root = make("div", { class: "round" });
    this.said = make("p", { class: "visually-hidden", role: "status" });
    this.draw();
    this.timer = setInterval(() => this.tick(), TICK);
    this.keep = () => this.save();
    window.addEventListener("pagehide", this.keep);
  }

  close() {
    clearInterval(this.timer);
    clearTimeout(this.typing);
    window.removeEventListener("pagehide", this.keep);
    this.save();
    this.room.release?.();
  }

  save() {
    const before = this.room.records.trouble;
    if (this.round.ended === null || this.ending) this.room.records.put(this.round);
    if (this.room.records.trouble !== before) this.notice.textContent = this.room.records.trouble;
  }

  /** Says once, when the page comes back, how things stand. */
  arrive() {
    this.announce(`${this.phase.title}. ${clock(Math.max(0, left(this.round, this.round.at, Date.now())))} left.`);
  }

  get phase() {
    return this.phases[this.round.at];
  }

  get state() {
    return this.round.phases[this.round.at];
  }

  announce(words) {
    this.said.textContent = words;
  }

  draw() {
    const { round, game } = this;
    this.phaseClock = make("span", { class: "clock__phase" });
    this.roundClock = make("span", { class: "clock__round" });
    this.pauseKey = button("", () => this.toggle());
    this.notice = make("p", { class: "notice notice--line", role: "alert" }, this.room.records.trouble);
    const last = round.at === this.phases.length - 1;
    const keys = make("div", { class: "keys" }, this.pauseKey, button("Back", () => this.to(round.at - 1), round.at ? {} : { disabled: "" }), last ? button("End and score", () => this.finish(), { class: "tool tool--main" }) : button("Next phase", () => this.to(round.at + 1), { class: "tool tool--main" }));
    const bar = make("div", { class: "clock", role: "group", "aria-label": "Clock" }, make("div", { class: "clock__times", role: "timer", "aria-live": "off" }, this.phaseClock, this.roundClock), keys);
    const steps = make("ol", { class: "phases" }, ...this.phases.map(({ title }, index) => make("li", { class: index < round.at ? "is-past" : index === round.at ? "is-now" : "", ...(index === round.at ? { "aria-current": "step" } : {}) }, title)));
    this.heading = make("h2", { tabindex: "-1" }, this.phase.title);
    this.aside = make("div", { class: "round__aside" });
    this.root.replaceChildren(
      make("p", { class: "crumbs" }, game.title),
      steps,
      bar,
      this.notice,
      this.said,
      make("div", { class: "round__board" }, make("div", { class: "round__main" }, this.heading, this.line(), this.prompt(), this.board(), this.notes()), this.aside),
    );
    this.drawAside();
    this.tick(true);
  }

  line() {
    return html("blockquote", this.game.phases[this.phase.id].says, { class: "prompt" });
  }

  prompt() {
    const box = make("details", { class: "round__prompt" }, make("summary", {}, "The problem"));
    box.open = this.round.at === 0;
    box.append(html("div", this.game.prompt));
    return box;
  }

  /** What must be on the board when the phase ends, to be ticked. */
  board() {
    const items = this.game.phases[this.phase.id].board.map((text, index) => {
      const input = make("input", { type: "checkbox" });
      input.checked = this.state.board.includes(index);
      input.addEventListener("change", () => {
        this.state.board = this.state.board.filter((other) => other !== index).concat(input.checked ? index : []);
        this.save();
      });
      return make("li", {}, make("label", {}, input, html("span", text)));
    });
    return make("div", { class: "round__list" }, make("p", { class: "label" }, "On the board when this phase ends"), make("ul", {}, ...items));
  }

  notes() {
    const field = make("textarea", { id: "round-notes", rows: "12", spellcheck: "true" });
    field.value = this.state.notes;
    field.addEventListener("input", () => {
      this.state.notes = field.value;
      clearTimeout(this.typing);
      this.typing = setTimeout(this.keep, 300);
    });
    return make("div", {}, make("label", { class: "label", for: "round-notes" }, "Your notes, kept as you type"), field);
  }

  drawAside() {
    const parts = [this.hints()];
    if (this.phase.id === "design") parts.push(this.drills(), this.blank());
    if (this.phase.id === "wrap") parts.push(this.followUps());
    parts.push(this.reference());
    this.aside.replaceChildren(...parts.filter(Boolean));
  }

  hints() {
    const hints = this.game.phases[this.phase.id].hints;
    if (!hints.length) return null;
    const shown = hints.slice(0, this.state.hints).map((text) => html("li", text, { tabindex: "-1" }));
    const more = this.state.hints < hints.length && button(`Hint ${this.state.hints + 1} of ${hints.length}`, () => {
      this.state.hints += 1;
      this.save();
      this.drawAside();
      this.aside.querySelector(".hints li:last-child").focus();
    });
    return make("section", { class: "hints" }, ...(shown.length ? [make("ol", {}, ...shown)] : []), ...(more ? [more] : []));
  }

  drills() {
    const names = this.game.drills.map(({ name }) => make("option", { value: name }, name));
    const choice = make("select", { "aria-label": "Estimate to try", class: "live-choice" }, make("option", { value: "" }, "Choose an estimate"), ...names);
    const place = make("div", {});
    choice.addEventListener("change", () => {
      const drill = this.game.drills.find(({ name }) => name === choice.value);
      place.replaceChildren(...(drill ? [ask(drill, this.room.units, (tried) => this.tried(tried))] : []));
    });
    return make("section", {}, make("p", { class: "label" }, "Work out a number"), choice, place);
  }

  /** The diagram without words, for who wants to draw on it before the reference is open. */
  blank() {
    const place = make("div", {});
    const open = button("Draw on a blank board", () => {
      open.remove();
      place.append(board(this.game.drawing, (found) => {
        this.round.board = found;
        this.save();
      }));
    });
    return make("section", {}, open, place);
  }

  tried(drill) {
    this.round.drills.push(drill);
    this.save();
  }

  /** Follow-ups, one at a time: answer first, compare then. */
  followUps() {
    const all = this.game.follow_ups;
    if (!all.length) return null;
    const at = Math.min(this.round.answers.filter(({ seen }) => seen).length, all.length);
    const box = make("section", { class: "follow-up" }, make("p", { class: "label" }, at < all.length ? `Follow-up ${at + 1} of ${all.length}` : "Follow-ups"));
    const compared = this.round.answers.slice(0, at).map((answer, index) => this.compared(all[index], answer));
    if (at === all.length) {
      box.append(...compared, make("p", {}, "All follow-ups are answered."));
      return box;
    }
    const question = html("div", all[at].ask, { class: "ask" });
    const field = make("textarea", { rows: "4", "aria-label": "Your answer" });
    field.value = this.round.answers[at]?.text ?? "";
    field.addEventListener("input", () => {
      this.round.answers[at] = { text: field.value, seen: false };
      clearTimeout(this.typing);
      this.typing = setTimeout(this.keep, 300);
    });
    const compare = button("Compare", () => {
      this.round.answers[at] = { text: field.value, seen: true };
      this.save();
      this.drawAside();
      this.aside.querySelector(".follow-up details:last-of-type summary")?.focus();
    });
    box.append(...compared, question, field, compare);
    return box;
  }

  compared(follow, { text }) {
    const box = make("details", { open: "" }, html("summary", follow.ask.replace(/<\/?p>/g, "")));
    const listed = make("ul", {}, ...follow.listen_for.map((sign) => html("li", sign)));
    const missed = html("div", follow.missed);
    box.append(make("p", { class: "label" }, "You said"), make("p", { class: "typed" }, text || "nothing"), make("p", { class: "label" }, "A strong answer names"), listed, make("p", { class: "label" }, "Most people miss"), missed);
    return box;
  }

  /** The reference answer of the phase, beside the notes. An early look is allowed, and counted. */
  reference() {
    const { state } = this;
    const parts = this.game.phases[this.phase.id].reference;
    if (!state.looked) {
      const early = left(this.round, this.round.at, Date.now()) > 0;
      const open = button("Compare with the reference answer", () => {
        look(this.round, this.round.at, Date.now());
        this.save();
        this.drawAside();
        this.aside.querySelector(".reference h3").focus();
      });
      return make("section", {}, open, ...(early ? [make("p", { class: "hint" }, "Before the time is up this counts as an early look.")] : []));
    }
    const shown = parts.map(({ title, html: text }) => {
      const part = make("div", { class: "reference__part" }, make("h3", { tabindex: "-1" }, title));
      const body = html("div", text);
      const figure = body.querySelector(".figure");
      if (figure) figure.replaceChildren(document.importNode(this.game.drawing, true));
      for (const useless of body.querySelectorAll(".downloads, live-case")) useless.remove();
      part.append(body);
      return part;
    });
    return make("section", { class: "reference", "aria-label": "Reference answer" }, ...shown);
  }

  to(index) {
    go(this.round, index, Date.now());
    this.save();
    this.draw();
    this.heading.focus();
    this.arrive();
  }

  toggle() {
    if (this.round.since === null) resume(this.round, Date.now());
    else pause(this.round, Date.now());
    this.save();
    this.tick(true);
    this.announce(this.round.since === null ? "Paused." : "The clock runs.");
  }

  finish() {
    end(this.round, Date.now());
    this.ending = true;
    this.save();
    this.room.go(`score=${this.round.id}`);
  }

  /** Writes the clocks; says a warning once, when it begins. */
  tick(quiet = false) {
    const now = Date.now();
    const rest = left(this.round, this.round.at, now);
    const state = alarm(this.round, this.round.at, now);
    this.phaseClock.textContent = rest >= 0 ? `${clock(rest)} left` : `${clock(rest)} over`;
    this.roundClock.textContent = `${clock(total(this.round, now))} of ${this.round.length}:00`;
    this.phaseClock.className = `clock__phase${state ? ` is-${state}` : ""}`;
    this.pauseKey.textContent = this.round.since === null ? "Go on" : "Pause";
    this.root.classList.toggle("is-paused", this.round.since === null);
    if (state && state !== this.alarmed && !quiet) this.announce(state === "over" ? `The time for ${this.phase.title} is over. Take the time that you need.` : `${Math.ceil(rest / 1000)} seconds left for ${this.phase.title}.`);
    this.alarmed = state;
  }
}
