// The pair that is compared, and what may change it.

import { epciIn, heldOf } from "./data.js";
import { History } from "./history.js";

export const OWN = "Mon périmètre";

/** @typedef {{id: string, name: string, held: Uint8Array, sure: boolean}} Perimeter */
/** @typedef {{which: "a" | "b", epci: number[], adds: boolean, before: Perimeter}} Question */

/** The two perimeters; `changed` is called after each change. */
export class Pair {
  /** @param {import("./data.js").Data} data @param {() => void} changed */
  constructor(data, changed) {
    this.data = data;
    this.changed = changed;
    this.locked = new Uint8Array(data.n);
    this.edited = /** @type {"a" | "b"} */ ("b");
    const [a, b] = firstPair(data);
    /** Whether a gesture goes on: its changes are undone as one. @type {{begun: boolean} | null} */
    this.stroke = null;
    this.history = new History({ a, b, question: /** @type {Question | null} */ (null) });
  }

  get a() {
    return this.history.now.a;
  }

  get b() {
    return this.history.now.b;
  }

  /** What was asked last: what if these EPCI come in, or leave? Null: what is chosen. */
  get question() {
    return this.history.now.question;
  }

  /** The two perimeters of the question, or A and B. */
  get compared() {
    const { question } = this;
    return question ? { a: question.before, b: this[question.which] } : { a: this.a, b: this.b };
  }

  /** @param {"a" | "b"} which @param {Perimeter} perimeter @param {Question | null} [question] */
  set(which, perimeter, question = null) {
    const next = { ...this.history.now, [which]: perimeter, question };
    if (this.stroke?.begun) this.history.amend(next);
    else this.history.push(next);
    if (this.stroke) this.stroke.begun = true;
    this.changed();
  }

  /** Compare A and B again: the question is answered. */
  closeQuestion() {
    this.history.amend({ ...this.history.now, question: null });
    this.changed();
  }

  beginStroke() {
    this.stroke = { begun: false };
  }

  endStroke() {
    this.stroke = null;
  }

  /** Let EPCI come in, whole, or leave where all of them are in.
   * @param {number[]} epci @returns {boolean} whether they came in
   */
  toggle(epci) {
    const before = this[this.edited];
    const adds = stateOf(this.data, epci, before.held) !== "true";
    const held = withEpci(this.data, before.held, epci, adds, this.locked);
    if (held.some((one, i) => one !== before.held[i])) {
      this.set(this.edited, { id: "", name: OWN, held, sure: true }, { which: this.edited, epci, adds, before });
    }
    return adds;
  }

  /** @param {"a" | "b"} which @param {string} id */
  choose(which, id) {
    this.set(which, namedPerimeter(this.data, id));
  }

  /**
   * Add or remove communes of the edited perimeter; locked ones stay as they are.
   * @param {number[]} communes
   * @param {boolean} adds
   * @returns {boolean} whether anything changed
   */
  alter(communes, adds) {
    const before = this[this.edited];
    const held = Uint8Array.from(before.held);
    for (const i of communes) if (!this.locked[i]) held[i] = adds ? 1 : 0;
    if (held.every((one, i) => one === before.held[i])) return false;
    this.set(this.edited, { id: "", name: OWN, held, sure: true });
    return true;
  }

  undo() {
    this.history.undo();
    this.changed();
  }

  redo() {
    this.history.redo();
    this.changed();
  }
}

/** @returns {Perimeter} */
export function namedPerimeter(data, id) {
  const one = data.raw.perimeters.find((other) => other.id === id);
  return { id, name: one.name, held: heldOf(data, one.codes), sure: one.sure };
}

/** A perimeter with some EPCI more, or less; locked communes stay as they are. */
export function withEpci(data, before, epci, adds, locked = null) {
  const held = Uint8Array.from(before);
  for (const e of epci) for (const i of data.epciCodes[e]) if (!locked?.[i]) held[i] = adds ? 1 : 0;
  return held;
}

/** Where the EPCI of a list stand in a perimeter: all in, all out, or in part. */
export function stateOf(data, epci, held) {
  const { whole, inside } = epciIn(data, held);
  if (epci.every((e) => whole.includes(e))) return "true";
  return epci.some((e) => inside[e] > 0) ? "mixed" : "false";
}

/** The pair of the study; else its first perimeter and one to confirm that holds it. */
function firstPair(data) {
  const { perimeters, study } = data.raw;
  const known = study.pair.filter((id) => perimeters.some((one) => one.id === id));
  if (known.length === 2) return known.map((id) => namedPerimeter(data, id));
  const first = perimeters[0];
  const holds = (one) => one.id !== first.id && first.codes.every((i) => one.codes.includes(i));
  const second = perimeters.find((one) => holds(one) && !one.sure) ?? perimeters.find(holds) ?? perimeters[1] ?? first;
  return [first, second].map((one) => namedPerimeter(data, one.id));
}
