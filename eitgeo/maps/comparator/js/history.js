// Undo and redo: whole states, the newest last.

const LONGEST = 200;

/** @template T */
export class History {
  /** @param {T} start */
  constructor(start) {
    this.past = [];
    this.now = start;
    this.future = [];
  }

  /** @param {T} state */
  push(state) {
    this.past.push(this.now);
    if (this.past.length > LONGEST) this.past.shift();
    this.now = state;
    this.future = [];
  }

  /** Put a state in the place of the present: what goes on of one gesture. */
  amend(state) {
    this.now = state;
    this.future = [];
  }

  get canUndo() {
    return this.past.length > 0;
  }

  get canRedo() {
    return this.future.length > 0;
  }

  /** @returns {T} */
  undo() {
    if (this.canUndo) {
      this.future.push(this.now);
      this.now = this.past.pop();
    }
    return this.now;
  }

  /** @returns {T} */
  redo() {
    if (this.canRedo) {
      this.past.push(this.now);
      this.now = this.future.pop();
    }
    return this.now;
  }
}
