// In how many pieces a perimeter is, by its borders and by its roads.

import { ranksIn } from "./data.js";

/**
 * @param {number[][]} near neighbours of each commune
 * @param {Uint8Array} held
 * @returns {number[][]} communes of each piece, the largest first
 */
export function piecesOf(near, held) {
  const seen = new Uint8Array(held.length);
  const pieces = [];
  for (const start of ranksIn(held)) {
    if (seen[start]) continue;
    const piece = [start];
    seen[start] = 1;
    for (let k = 0; k < piece.length; k += 1) {
      for (const other of near[piece[k]]) {
        if (held[other] && !seen[other]) {
          seen[other] = 1;
          piece.push(other);
        }
      }
    }
    pieces.push(piece);
  }
  return pieces.sort((a, b) => b.length - a.length || a[0] - b[0]);
}
