/**
 * The room for rehearsals: choose a case, play a timed round, score it, see what is due. Everything is
 * fetched before a round begins; nothing leaves the browser. Where one is shown is in the address (`#round=…`).
 */
import { blank, drill } from "./drill.js";
import { button, make } from "./page.js";
import { Records } from "./records.js";
import { begin } from "./round.js";
import { RoundView } from "./round-view.js";
import { results, score } from "./result.js";
import { SheetView, handed, prompt, unpack } from "./sheet-view.js";
import { start } from "./start-view.js";

class RehearsalRoom extends HTMLElement {
  async connectedCallback() {
    this.root = this.dataset.root;
    this.records = new Records();
    this.loaded = new Map();
    const load = async (name) => (await fetch(`${this.root}assets/${name}`)).json();
    [this.index, this.units] = await Promise.all([load("rehearsal/cases.json"), load("data/units.json")]);
    this.follow = () => this.route();
    window.addEventListener("hashchange", this.follow);
    await this.route();
  }

  disconnectedCallback() {
    window.removeEventListener("hashchange", this.follow);
    this.view?.close();
  }

  /** Shows what the address asks for; an address of nothing known shows the start. */
  async route() {
    this.view?.close();
    this.view = null;
    const [, what, id] = /^#(round|score|result|drill|board|sheet|prompt|handed)=([\w/-]+)$/.exec(location.hash) ?? [];
    if (await this.apart(what, id)) return;
    const round = id && this.records.get(id);
    const known = round?.kind === "round" && this.index.cases.some(({ key }) => key === round.case);
    if (!known) {
      this.show(...start(this));
      return;
    }
    const game = await this.game(round.case);
    if (what === "round" && round.ended === null) {
      const free = await this.hold(round.id);
      if (!free) {
        this.show(make("h2", {}, round.title), make("p", { role: "alert" }, "This round is open in another window. Close it there, or go on here with a copy of it: both are kept."), button("Go on with a copy", () => this.copy(round)), button("Back", () => this.go("")));
        return;
      }
      this.view = new RoundView(this, round, game);
      this.show(this.view.root);
      this.view.arrive();
    } else if (what === "score") {
      this.show(...score(this, round, game));
    } else {
      this.show(...results(this, round, game));
    }
    this.querySelector("h2")?.focus();
  }

  /** Shows what is no round: a drill, a sheet, the prompt alone. Returns whether it was asked for. */
  async apart(what, id) {
    const sheet = what === "handed" ? unpack(id) : null;
    const key = sheet?.case ?? (["drill", "board", "sheet", "prompt"].includes(what) ? id : null);
    if (!this.index.cases.some((part) => part.key === key)) return false;
    const game = await this.game(key);
    if (what === "drill") this.show(...drill(this, game));
    else if (what === "board") this.show(...blank(this, game));
    else if (what === "prompt") this.show(...prompt(game));
    else if (sheet) this.show(...handed(this, sheet, game));
    else {
      this.view = new SheetView(this, game);
      this.show(this.view.root);
    }
    this.querySelector("h2")?.focus();
    return true;
  }

  /** One window plays a round at a time: the lock goes when the window closes. */
  hold(id) {
    this.release?.();
    if (!navigator.locks) return true;
    return new Promise((answer) => {
      navigator.locks.request(`casebook-${id}`, { ifAvailable: true }, (lock) => {
        answer(lock !== null);
        return lock && new Promise((release) => (this.release = release));
      });
    });
  }

  copy(round) {
    const other = structuredClone(round);
    other.id = `${round.id}-${Math.random().toString(36).slice(2, 5)}`;
    this.records.put(other);
    this.go(`round=${other.id}`);
  }

  /** Returns all of a case's round, with its diagram: fetched once, before it begins. */
  async game(key) {
    if (!this.loaded.has(key)) {
      const [game, drawing] = await Promise.all([
        fetch(`${this.root}assets/rehearsal/${key}.json`).then((got) => got.json()),
        fetch(`${this.root}assets/diagrams/${key}.svg`).then((got) => got.text()),
      ]);
      const bare = drawing.replace(/<style[^]*?<\/style>/, ""); // the page's own colours hold here
      this.loaded.set(key, { ...game, drawing: new DOMParser().parseFromString(bare, "image/svg+xml").documentElement });
    }
    return this.loaded.get(key);
  }

  async play(key, length, level) {
    const game = await this.game(key);
    const round = begin(key, game.title, this.index.phases, length, level, Date.now());
    this.records.put(round);
    this.go(`round=${round.id}`);
  }

  go(hash) {
    if (location.hash === `#${hash}`) this.route();
    else location.hash = hash;
  }

  show(...parts) {
    const notice = [this.records.trouble, this.records.newer && "A newer version of the site wrote some of your rounds: they are left as they are.", this.records.broken && "Some of what was kept could not be read. It is set aside, not deleted."].filter(Boolean);
    this.replaceChildren(...notice.map((text) => make("p", { class: "notice", role: "alert" }, text)), ...parts);
    this.closest("article").classList.toggle("is-room", this.querySelector(".round, .sheet, .prompt--alone") !== null);
  }
}

customElements.define("rehearsal-room", RehearsalRoom);
