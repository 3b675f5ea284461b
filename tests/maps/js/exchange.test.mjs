import assert from "node:assert/strict";
import { test } from "node:test";
import { yamlText } from "../../../eitgeo/maps/comparator/js/exchange.js";

test("three lines, whatever the name", () => {
  const plain = yamlText("Mon périmètre", "data/raw/mon_perimetre.csv");
  assert.equal(plain, 'perimeters:\n  - name: "Mon périmètre"\n    path: "data/raw/mon_perimetre.csv"\n');
  for (const name of ['a"b', "a: b # c", "a\n  path: /etc", "a\u2028b", "a\u0085b", "{x}", "\\"]) {
    const lines = yamlText(name, "p.csv").split("\n");
    assert.equal(lines.length, 4);
    assert.equal(JSON.parse(lines[1].slice("  - name: ".length)), name);
    assert.ok(!/[\u0085\u2028]/.test(lines[1]));
  }
});
