/**
 * A timed round as plain data, and its clock. Nothing here touches the page or the storage.
 * Times are milliseconds; a running phase keeps when it began, so that sleep, a reload or a closed tab lose nothing.
 */
export const VERSION = 1;
const MINUTE = 60_000;
const DAY = 86_400_000;

/** Returns a new round. `phases` are the common ones, `length` its minutes (35, 45 or 60). */
export function begin(key, title, phases, length, level, now) {
  return {
    version: VERSION,
    kind: "round",
    id: `${now.toString(36)}-${Math.random().toString(36).slice(2, 8)}`,
    case: key,
    title,
    length,
    level,
    began: now,
    changed: now,
    ended: null,
    at: 0,
    since: now,
    phases: phases.map(({ id, minutes }) => ({ id, planned: minutes[length] * MINUTE, spent: 0, notes: "", board: [], hints: 0, looked: false, early: false })),
    answers: [],
    drills: [],
    scores: {},
  };
}

/** Time spent in a phase so far. */
export function spent(round, index, now) {
  const running = round.since !== null && index === round.at ? Math.max(0, now - round.since) : 0;
  return round.phases[index].spent + running;
}

/** Time spent in the whole round so far. */
export const total = (round, now) => round.phases.reduce((sum, _, index) => sum + spent(round, index, now), 0);

/** Time that a phase has left; below zero in overtime. */
export const left = (round, index, now) => round.phases[index].planned - spent(round, index, now);

/** A phase warns when a fifth of it is left, or a minute of a long one. */
export function alarm(round, index, now) {
  const rest = left(round, index, now);
  if (rest <= 0) return "over";
  return rest <= Math.min(MINUTE, round.phases[index].planned / 5) ? "soon" : "";
}

export function pause(round, now) {
  if (round.since === null) return;
  round.phases[round.at].spent = spent(round, round.at, now);
  round.since = null;
}

export function resume(round, now) {
  if (round.since === null && round.ended === null) round.since = now;
}

/** Goes to another phase; the clock goes on if it ran. */
export function go(round, index, now) {
  const ran = round.since !== null;
  pause(round, now);
  round.at = Math.min(round.phases.length - 1, Math.max(0, index));
  if (ran) resume(round, now);
}

export function end(round, now) {
  pause(round, now);
  round.ended ??= now;
}

/** Opens the reference of a phase; to look while the phase runs and has time left is early. */
export function look(round, index, now) {
  const phase = round.phases[index];
  phase.early ||= !phase.looked && round.ended === null && index >= round.at && left(round, index, now) > 0;
  phase.looked = true;
}

/** Returns the mean of the scores given, from 1 to 4; null without any. */
export function mean(round) {
  const given = Object.values(round.scores);
  return given.length ? given.reduce((sum, score) => sum + score, 0) / given.length : null;
}

/**
 * Returns when each case is due again, by the rounds scored on it: a day after a weak one, three after
 * a middling first, and half as long or two and a half times as long again as the last time.
 */
export function due(rounds) {
  const found = new Map();
  for (const round of [...rounds].sort((a, b) => a.ended - b.ended)) {
    if (round.kind !== "round") continue;
    const score = mean(round);
    if (round.ended === null || score === null) continue;
    const before = found.get(round.case)?.days ?? 2;
    const days = score < 2 ? 1 : Math.round(Math.min(180, before * (score < 3 ? 1.5 : 2.5)));
    found.set(round.case, { days, on: round.ended + days * DAY });
  }
  return found;
}

export function clock(milliseconds) {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
