"""Write sbom.cdx.json and docs/licences.md: what a study runs with, under which terms.

``cyclonedx-py`` reads the environment; what requirements.lock does not pin is left out
(tools of developers), and so are addresses, which change more often than versions. The
digests are those that the lock admits, whatever the platform; what others have is named
beside. Run by ``make sbom`` after ``make lock``.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from packaging.markers import Marker

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
SBOM = ROOT / "sbom.cdx.json"
PAGE = ROOT / "docs" / "licences.md"
# Whose metadata give no licence that a machine reads: what was found, and where.
FOUND = {
    "arcp": "Apache-2.0",
    "routingkit-cch": "BSD-2-Clause",
    "xstatic-leaflet": "BSD-2-Clause",
}
_PIN = re.compile(
    r"^([A-Za-z0-9._-]+)==([^\s;]+)(?: ; (.+?))? \\\n((?:    --hash=.+\n)+)",
    re.MULTILINE,
)
PLATFORMS = "eitgeo:platforms"
"""Property: where a library goes, as the lock says."""
_DIGEST = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_SHORT = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    "LGPL-2.1+": "LGPL-2.1-or-later",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Public Domain": "domaine public",
}
_INTRODUCTION = """\
# Licences des bibliothèques

Écrit par `make sbom` d’après les métadonnées des bibliothèques et `requirements.lock` :
ne pas modifier à la main. [La nomenclature](../sbom.cdx.json) (CycloneDX 1.6) dit aussi
qui demande quoi, les empreintes que `requirements.lock` admet, tous systèmes ensemble,
et ce que d’autres systèmes ont en plus.

Ce sont les {count} bibliothèques d’une étude, sous Linux. Aucune n’est sous GPL ni
AGPL ; les LGPL et MPL sont appelées, pas modifiées. Leurs roues contiennent aussi des
bibliothèques compilées (GDAL, GEOS, PROJ, OpenBLAS…) sous leurs propres licences, que
cette liste ne dit pas. Les outils de développement (`requirements-dev.lock`) n’y sont
pas ; `reuse` (GPL) et `pytauargus` (EUPL) y sont lancés, jamais importés par le paquet.

Le code et les données du dépôt : [REUSE.toml](../REUSE.toml), que `make licences`
contrôle.

## Cherchées à la main

Les métadonnées de trois bibliothèques ne disent pas leur licence sous une forme
qu’une machine lise. Ce qui a été trouvé :

- `arcp` : les métadonnées disent « Apache License, Version 2.0 » ; la roue porte le
  texte.
- `routingkit-cch` : la roue n’a ni fichier de licence ni champ « License ». La
  nomenclature CycloneDX qu’elle contient et le `Cargo.toml` de ses sources disent
  BSD-2-Clause. L’archive des sources porte, dans `RoutingKit/LICENSE`, le texte à deux
  clauses de RoutingKit (© 2016, contributeurs de RoutingKit), dont elle compile le
  code. Qui redistribue la roue y joint ce texte.
- `xstatic-leaflet` : les métadonnées disent « la même que Leaflet » ; `leaflet.js`
  nomme ses auteurs (© 2010-2022 Vladimir Agafonkin, © 2010-2011 CloudMade) ; Leaflet
  est publié sous BSD à deux clauses.

## Toutes

| bibliothèque | version | licence |
|---|---|---|
"""


def canonical(name: str) -> str:
    """Return the name that indexes compare."""
    return re.sub(r"[-_.]+", "-", name).lower()


class Pin(NamedTuple):
    """What a lock says of a library: its version, where it goes, its digests."""

    version: str
    marker: str
    digests: list[str]


def pins(lock: str) -> dict[str, Pin]:
    """Return what a lock pins, for all platforms, by canonical name."""
    return {
        canonical(name): Pin(version, marker, _DIGEST.findall(digests))
        for name, version, marker, digests in _PIN.findall(lock)
    }


def is_here(pin: Pin) -> bool:
    """Say whether this platform has a library."""
    return not pin.marker or Marker(pin.marker).evaluate()


def read_environment() -> dict[str, Any]:
    """Let cyclonedx-py describe the environment of this interpreter."""
    options = ["--output-reproducible", "--spec-version", "1.6", "--of", "JSON"]
    options += ["--pyproject", str(ROOT / "pyproject.toml")]
    command = [sys.executable, "-m", "cyclonedx_py", "environment", *options]
    done = subprocess.run(  # noqa: S603
        [*command, sys.executable], capture_output=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def study_bill(bill: dict[str, Any], lock: str) -> dict[str, Any]:
    """Keep what the lock of a study pins, without addresses nor descriptions.

    Parameters
    ----------
    bill
        As cyclonedx-py writes it.
    lock
        Text of requirements.lock.

    Returns
    -------
    dict
        The same, of the study; a licence that had to be looked up is « concluded ».
    """
    every = pins(lock)
    pinned = {name: pin for name, pin in every.items() if is_here(pin)}
    root = bill["metadata"]["component"]["bom-ref"]
    kept = [one for one in bill["components"] if canonical(one["name"]) in pinned]
    refs = {one["bom-ref"] for one in kept} | {root}
    tools = bill["metadata"]["tools"]["components"]
    for one in (*kept, *tools):
        for key in ("description", "externalReferences", "properties"):
            one.pop(key, None)
        if found := FOUND.get(canonical(one["name"])):
            one["licenses"] = [
                {"license": {"acknowledgement": "concluded", "id": found}}
            ]
    for one in kept:
        pin = pinned[canonical(one["name"])]
        one["hashes"] = [{"alg": "SHA-256", "content": text} for text in pin.digests]
        if pin.marker:
            one["properties"] = [{"name": PLATFORMS, "value": pin.marker}]
    bill["metadata"]["properties"] = [
        {"name": PLATFORMS, "value": f"{name}=={pin.version} ; {pin.marker}"}
        for name, pin in every.items()
        if name not in pinned
    ]
    bill["components"] = sorted(kept, key=lambda one: canonical(one["name"]))
    bill["dependencies"] = [
        one | {"dependsOn": [x for x in one.get("dependsOn", []) if x in refs]}
        for one in bill["dependencies"]
        if one["ref"] in refs
    ]
    return bill


def licence_of(component: dict[str, Any]) -> str:
    """Say the licence of a component on one line."""
    told = []
    for one in component["licenses"]:
        held = one.get("license", {})
        name = one.get("expression") or held.get("id") or held.get("name", "")
        name = name.rpartition(" :: ")[2]
        told.append(_SHORT.get(name, name))
    return "\N{NO-BREAK SPACE}; ".join(dict.fromkeys(told))


def page(bill: dict[str, Any]) -> str:
    """Write the page of licences from the bill of materials."""
    rows = [
        f"| `{canonical(one['name'])}` | {one['version']} | {licence_of(one)} |\n"
        for one in bill["components"]
    ]
    return _INTRODUCTION.format(count=len(rows)) + "".join(rows)


def main() -> None:
    """Write both files."""
    lock = LOCK.read_text(encoding="utf-8")
    bill = study_bill(read_environment(), lock)
    here = {canonical(one["name"]): one["version"] for one in bill["components"]}
    pinned = {name: pin.version for name, pin in pins(lock).items() if is_here(pin)}
    if odd := [name for name, version in pinned.items() if here.get(name) != version]:
        sys.exit(f"environnement autre que requirements.lock : {odd} → make env")
    text = json.dumps(bill, indent=1, ensure_ascii=False, sort_keys=True)
    SBOM.write_text(f"{text}\n", encoding="utf-8")
    PAGE.write_text(page(bill), encoding="utf-8")


if __name__ == "__main__":
    main()
