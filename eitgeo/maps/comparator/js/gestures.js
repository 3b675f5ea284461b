// What hands do on a map: a click chooses an EPCI, a drag moves or paints, keys do the same.

/**
 * @typedef {object} Handlers
 * @property {(commune: number, begins: boolean) => boolean} pick whether the gesture paints
 * @property {(commune: number | null) => void} tell
 * @property {(map: any) => void} moved
 * @property {(epci: number) => void} [choose] where EPCI can be chosen
 * @property {(epci: number) => void} [focused] an EPCI took the focus
 * @property {() => void} [lift] a stroke ended
 */

const STILL_PX = 6;
const BRUSH_PX = 4;
const PAN_PX = 60;

/** @param {import("./map.js").PairMap} map */
export function listenTo(map) {
  const { root } = map;
  root.addEventListener("wheel", (event) => {
    event.preventDefault();
    const frame = root.getBoundingClientRect();
    map.zoom(event.deltaY < 0 ? 1.25 : 0.8, [event.clientX - frame.left, event.clientY - frame.top]);
  }, { passive: false });
  listenToPointer(map);
  root.addEventListener("keydown", (event) => keyDown(map, event));
  // On what holds the map: with such a listener of its own, it would take the focus.
  const holder = root.parentElement;
  holder?.addEventListener("focusin", (event) => {
    const e = map.targets ? epciOf(event.target) : null;
    if (e === null) return;
    map.targets.forEach((one, k) => one.setAttribute("tabindex", k === e ? "0" : "-1"));
    if (event.target.matches(":focus-visible")) map.aimAt(e);
    map.on.focused?.(e);
  });
  holder?.addEventListener("focusout", () => map.aimAt(null));
}

function listenToPointer(map) {
  const { root, on } = map;
  /** @type {any} */
  let from = null;
  root.addEventListener("pointerdown", (event) => {
    if (from || !event.isPrimary || event.button) {
      if (from) from.moved = true;
      return;
    }
    const commune = communeAt(map, event.clientX, event.clientY);
    from = { x: event.clientX, y: event.clientY, moved: false, commune, paints: false };
    if (commune !== null) from.paints = on.pick(commune, true);
    // Text that a stroke crosses is never selected.
    if (from.paints) event.preventDefault();
  });
  root.addEventListener("pointermove", (event) => {
    const over = communeAt(map, event.clientX, event.clientY);
    on.tell(over);
    map.aimAt(over === null || from?.paints || !on.choose ? null : epciAt(map, over));
  });
  root.addEventListener("pointerleave", () => {
    on.tell(null);
    map.aimAt(null);
  });
  window.addEventListener("pointermove", (event) => {
    if (!from || !event.buttons) return;
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    if (from.paints) strokeTo(map, from, event);
    else if (from.moved || Math.hypot(dx, dy) > STILL_PX) {
      from.moved = true;
      map.pan(dx, dy);
    } else return;
    [from.x, from.y] = [event.clientX, event.clientY];
  });
  const end = (event) => {
    if (!from) return;
    const { paints, moved, commune } = from;
    from = null;
    if (paints) on.lift?.();
    else if (event.type === "pointerup" && !moved && commune !== null) {
      const e = epciAt(map, commune);
      if (e !== null) on.choose?.(e);
    }
  };
  window.addEventListener("pointerup", end);
  window.addEventListener("pointercancel", end);
}

/** Paint what lies between two events too: a fast hand leaves no hole. */
function strokeTo(map, from, event) {
  const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
  const steps = Math.max(1, Math.ceil(Math.hypot(dx, dy) / BRUSH_PX));
  for (let k = 1; k <= steps; k += 1) {
    const over = communeAt(map, from.x + (dx * k) / steps, from.y + (dy * k) / steps);
    if (over !== null && over !== from.commune) map.on.pick(over, false);
    from.commune = over;
  }
}

function communeAt(map, x, y) {
  const met = /** @type {any} */ (document.elementFromPoint(x, y));
  if (!met || !map.root.contains(met) || met.dataset?.i === undefined) return null;
  return Number(met.dataset.i);
}

function epciAt(map, commune) {
  const e = map.data.epci[commune];
  return e < 0 ? null : e;
}

function epciOf(target) {
  const box = target.closest?.(".m-cible");
  return box ? Number(box.dataset.epci) : null;
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function keyDown(map, event) {
  const way = ARROWS[event.key];
  const e = epciOf(event.target);
  if (way && e !== null && !event.shiftKey) {
    const next = nextEpci(map.data.raw.epci, e, way);
    if (next !== null) map.targets[next].focus({ preventScroll: true });
  } else if (way) map.pan(-PAN_PX * way[0], -PAN_PX * way[1]);
  else if (event.key === "+") map.zoom(1.4);
  else if (event.key === "-") map.zoom(1 / 1.4);
  else if (event.key === "0") map.moveTo({ ...map.home });
  else if (e !== null && (event.key === "Enter" || event.key === " ")) map.on.choose(e);
  else return;
  event.preventDefault();
}

/**
 * The EPCI next to one in a direction: near, and rather ahead than aside.
 * @param {{at: number[]}[]} epci @param {number} e @param {number[]} way
 * @returns {number | null}
 */
export function nextEpci(epci, e, [wx, wy]) {
  const [x0, y0] = epci[e].at;
  let [best, least] = [/** @type {number | null} */ (null), Infinity];
  epci.forEach(({ at: [x, y] }, k) => {
    const ahead = (x - x0) * wx + (y - y0) * wy;
    const aside = Math.abs((x - x0) * wy - (y - y0) * wx);
    if (k === e || ahead <= 0 || ahead < aside / 2) return;
    const cost = ahead + 2 * aside;
    if (cost < least) [best, least] = [k, cost];
  });
  return best;
}
