#!/bin/sh
# Make or refresh the environment in .venv from requirements.lock.
# uv if it works, otherwise venv + pip. Nothing is done while the lock, this script
# and the folder are unchanged. EITGEO_PYTHON names another interpreter.
set -eu
unset CDPATH
cd -- "$(dirname -- "$0")/.."

venv=.venv
python_in_venv=$venv/bin/python
stamp=$venv/.eitgeo-lock
project_stamp=$venv/.eitgeo-project

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "Erreur : $1"
  shift
  for line in "$@"; do say "  $line"; done
  exit 1
}

# A command may exist and fail (the shims of pyenv do): only running it tells.
uv_works() { uv --version >/dev/null 2>&1; }

# Print the real path of an interpreter that can make the environment, or fail.
probe_python() {
  "$1" -c '
import sys
if sys.version_info < (3, 12):
    raise SystemExit(1)
if sys.argv[1] == "pip":
    import ensurepip, venv
print(sys.executable)
' "$installer" 2>/dev/null
}

find_python() {
  for name in ${EITGEO_PYTHON:+"$EITGEO_PYTHON"} \
    python3.14 python3.13 python3.12 python3 python; do
    if path=$(probe_python "$name") && [ -n "$path" ]; then
      printf '%s\n' "$path"
      return 0
    fi
    [ "$name" = "${EITGEO_PYTHON:-}" ] && return 1
  done
  [ "$installer" = uv ] &&
    uv python find --no-python-downloads '>=3.12' 2>/dev/null
}

no_python() {
  if [ -n "${EITGEO_PYTHON:-}" ]; then
    fail "EITGEO_PYTHON désigne « $EITGEO_PYTHON », qui n’est pas un Python 3.12 ou plus récent utilisable."
  fi
  fail "aucun Python 3.12 ou plus récent n’a été trouvé." \
    "Debian, Ubuntu : sudo apt install python3 python3-venv" \
    "macOS          : brew install python" \
    "Windows        : conda env create -f environment.yml (voir docs/windows.md)" \
    "Si Python est déjà là, il lui manque peut-être le module venv (paquet python3-venv)," \
    "ou indiquez-le : EITGEO_PYTHON=/chemin/vers/python3 make study"
}

no_install() {
  rm -rf "$venv"
  fail "l’installation des bibliothèques n’a pas abouti (message ci-dessus)." \
    "Vérifiez la connexion et, derrière un mandataire, la variable HTTPS_PROXY." \
    "Sans réseau, un dossier de roues suffit : voir docs/windows.md, « Sans réseau »."
}

# Usage: install ARGUMENT...  (the arguments are understood by uv pip and by pip)
install() {
  if [ "$installer" = uv ]; then
    uv pip install --quiet --python "$python_in_venv" "$@"
  else
    "$python_in_venv" -m pip install --quiet --disable-pip-version-check "$@"
  fi
}

create_venv() {
  rm -rf "$venv"
  if [ "$installer" = uv ]; then
    uv venv --quiet --no-project --python "$1" "$venv"
  else
    "$1" -m venv "$venv"
  fi
}

is_current() {
  [ -f "$1" ] && [ "$(cat "$1")" = "$2" ] && "$python_in_venv" -c '' 2>/dev/null
}

if uv_works; then installer=uv; else installer=pip; fi
[ -f requirements.lock ] || fail "requirements.lock est absent : le dépôt est incomplet."
lock_key=$({ cat requirements.lock scripts/make_env.sh; pwd; } | cksum)
project_key=$(cksum <pyproject.toml)

if ! is_current "$stamp" "$lock_key"; then
  python=$(find_python) || no_python
  say "Environnement : création de $venv avec $installer ($("$python" -V), $python)…"
  create_venv "$python" || no_install
  install --require-hashes -r requirements.lock || no_install
  printf '%s\n' "$lock_key" >"$stamp"
fi

if ! is_current "$project_stamp" "$project_key"; then
  install --no-deps --no-build-isolation --editable . || no_install
  printf '%s\n' "$project_key" >"$project_stamp"
  say "Environnement : prêt."
fi
