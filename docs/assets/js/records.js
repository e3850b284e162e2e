/**
 * What rehearsal keeps in the browser: one entry a round, so that two windows never write the same one.
 * What cannot be read is set aside, what a newer version wrote is left alone; without storage all stays in memory.
 */
import { VERSION } from "./round.js";

const PREFIX = "casebook.record.";
const ASIDE = "casebook.aside.";

export class Records {
  constructor() {
    this.memory = new Map();
    this.trouble = "";
    try {
      this.storage = window.localStorage;
      this.storage.setItem("casebook.try", "1");
      this.storage.removeItem("casebook.try");
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error) {
    const why = error?.name === "QuotaExceededError" ? "The browser’s storage is full" : "The browser keeps nothing for this site";
    this.trouble = `${why}: a round goes on, but is lost when the window closes. Take it out as Markdown.`;
  }

  /** Returns every round that can be read, newest first. */
  all() {
    const found = new Map(this.memory);
    for (const key of this.keys()) {
      const record = this.parse(key);
      if (record && !found.has(record.id)) found.set(record.id, record);
    }
    return [...found.values()].sort((a, b) => b.began - a.began);
  }

  keys() {
    try {
      return this.storage ? Object.keys(this.storage).filter((key) => key.startsWith(PREFIX)) : [];
    } catch (error) {
      this.fail(error);
      return [];
    }
  }

  parse(key) {
    const text = this.storage.getItem(key);
    try {
      const record = JSON.parse(text);
      if (record.version > VERSION) {
        this.newer = true;
        return null;
      }
      if (!sound(record)) throw new TypeError("not a round");
      return record;
    } catch {
      this.setAside(key, text);
      return null;
    }
  }

  setAside(key, text) {
    try {
      this.storage.setItem(ASIDE + key.slice(PREFIX.length), text);
      this.storage.removeItem(key);
      this.broken = true;
    } catch (error) {
      this.fail(error);
    }
  }

  get(id) {
    if (this.memory.has(id)) return this.memory.get(id);
    return this.keys().includes(PREFIX + id) ? this.parse(PREFIX + id) : null;
  }

  put(record, now = Date.now()) {
    record.changed = now;
    try {
      if (!this.storage) throw new Error("no storage");
      this.storage.setItem(PREFIX + record.id, JSON.stringify(record));
      this.memory.delete(record.id);
      if (this.trouble) this.trouble = "";
    } catch (error) {
      this.memory.set(record.id, record);
      this.fail(error);
    }
  }

  remove(id) {
    this.memory.delete(id);
    try {
      this.storage?.removeItem(PREFIX + id);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Returns everything as the text of one file. */
  export() {
    return JSON.stringify({ casebook: "rehearsal", version: VERSION, records: this.all() }, null, 1);
  }

  /** Takes in a file; what is here already and newer stays. Returns how many were taken. Throws TypeError. */
  import(text) {
    let file;
    try {
      file = JSON.parse(text);
    } catch {
      throw new TypeError("This is not a file of rehearsals: it is no JSON.");
    }
    if (file?.casebook !== "rehearsal" || !Array.isArray(file.records)) throw new TypeError("This is not a file of rehearsals.");
    if (file.version > VERSION) throw new TypeError("A newer version of the site wrote this file. Reload the page, and try again.");
    let taken = 0;
    for (const record of file.records.filter(sound)) {
      if ((this.get(record.id)?.changed ?? -1) < record.changed) {
        this.put(record, record.changed);
        taken += 1;
      }
    }
    return taken;
  }
}

/** Returns whether something has the shape of a round or a drill, so that no view trips over it. */
function sound(record) {
  if (record?.kind === "drill") return [record.id, record.case, record.title].every((part) => typeof part === "string") && Number.isFinite(record.began) && Array.isArray(record.drills);
  return (
    record?.kind === "round" &&
    [record.id, record.case, record.title].every((part) => typeof part === "string") &&
    [record.began, record.length, record.at].every(Number.isFinite) &&
    Array.isArray(record.phases) &&
    record.phases.length > record.at &&
    record.phases.every((phase) => typeof phase.id === "string" && Number.isFinite(phase.planned) && Number.isFinite(phase.spent) && typeof phase.notes === "string") &&
    Array.isArray(record.answers) &&
    Array.isArray(record.drills) &&
    typeof record.scores === "object" &&
    record.scores !== null
  );
}
