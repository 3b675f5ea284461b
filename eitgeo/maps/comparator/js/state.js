// The pair that is compared, and what may change it.

import { epciIn, heldOf } from "./data.js";
import { History } from "./history.js";

export const OWN = "Mon périmètre";

/** @typedef {{id: string, name: string, held: Uint8Array, sure: boolean}} Perimeter */

/** The two perimeters; `changed` is called after each change. */
export class Pair {
  /** @param {import("./data.js").Data} data @param {() => void} changed */
  constructor(data, changed) {
    this.data = data;
    this.changed = changed;
    this.locked = new Uint8Array(data.n);
    this.edited = /** @type {"a" | "b"} */ ("b");
    const [a, b] = firstPair(data);
    this.history = new History({ a, b });
  }

  get a() {
    return this.history.now.a;
  }

  get b() {
    return this.history.now.b;
  }

  /** @param {"a" | "b"} which @param {Perimeter} perimeter */
  set(which, perimeter) {
    this.history.push({ ...this.history.now, [which]: perimeter });
    this.changed();
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
