#!/bin/sh
# Usage: make_env.sh [study|dev]
# Make or refresh the environment in .venv: what a study needs (requirements.lock), or
# all that developers use too (requirements-dev.lock, the same versions and more).
# uv if it works, otherwise venv + pip. Nothing is done while the lock, this script
# and the folder are unchanged. From study to dev, packages are added; the environment
# of developers serves a study as it is. EITGEO_PYTHON names another interpreter.
set -eu
unset CDPATH
cd -- "$(dirname -- "$0")/.."

study_lock=requirements.lock
dev_lock=requirements-dev.lock
venv=.venv
python_in_venv=$venv/bin/python
study_stamp=$venv/.eitgeo-lock
dev_stamp=$venv/.eitgeo-lock-dev
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

# Print the path of an interpreter that can make the environment, or fail. That of an
# activated environment leads to the one it was made from: .venv is removed below.
probe_python() {
  "$1" -c '
import sys
if sys.version_info < (3, 12):
    raise SystemExit(1)
if sys.argv[1] == "pip":
    import ensurepip, venv
in_venv = sys.prefix != sys.base_prefix
print(in_venv and getattr(sys, "_base_executable", "") or sys.executable)
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
  fail "l’installation des bibliothèques n’a pas abouti (message ci-dessus)." \
    "Vérifiez la connexion et, derrière un mandataire, la variable HTTPS_PROXY." \
    "Sans réseau, un dossier de roues suffit : voir docs/windows.md, « Sans réseau »."
}

# What is half made is removed. What a study runs with is kept: nothing was taken away.
no_environment() {
  rm -rf "$venv"
  no_install
}

# Usage: install ARGUMENT...  (the arguments are understood by uv pip and by pip)
# Python compiles what it imports; to compile all takes 200 MB, and half a minute.
install() {
  if [ "$installer" = uv ]; then
    uv pip install --quiet --python "$python_in_venv" "$@"
  else
    "$python_in_venv" -m pip install --no-compile --disable-pip-version-check "$@" >&2
  fi
}

count() { grep -c '^[A-Za-z0-9]' "$1" || :; }

# Usage: install_lock LOCK
install_lock() {
  if [ "$installer" = pip ]; then
    say "Installation de $(count "$1") bibliothèques avec pip : deux à cinq minutes," \
      "selon la connexion (360 Mo pour une étude) ; pip les nomme une à une, puis les installe toutes ensemble."
  fi
  install --require-hashes -r "$1"
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

key_of() { { cat "$@" scripts/make_env.sh; pwd; } | cksum; }

# Usage: create LOCK
create() {
  python=$(find_python) || no_python
  say "Environnement : création de $venv avec $installer ($("$python" -V), $python)…"
  create_venv "$python" || no_environment
  install_lock "$1" || no_environment
  printf '%s\n' "$study_key" >"$study_stamp"
}

make_study() {
  is_current "$study_stamp" "$study_key" || create "$study_lock"
}

make_dev() {
  if is_current "$dev_stamp" "$dev_key"; then return; fi
  if [ ! -f "$dev_stamp" ] && is_current "$study_stamp" "$study_key"; then
    say "Environnement : ajout des outils de développement avec $installer…"
    install_lock "$dev_lock" || no_install
  else
    create "$dev_lock"
  fi
  printf '%s\n' "$dev_key" >"$dev_stamp"
}

if uv_works; then installer=uv; else installer=pip; fi
for lock in "$study_lock" "$dev_lock"; do
  [ -f "$lock" ] || fail "$lock est absent : le dépôt est incomplet."
done
study_key=$(key_of "$study_lock")
dev_key=$(key_of "$study_lock" "$dev_lock")
project_key=$(cksum <pyproject.toml)

case "${1:-study}" in
study) make_study ;;
dev) make_dev ;;
*) fail "« $1 » n’est pas un environnement : study (une étude) ou dev (tout)." ;;
esac

if ! is_current "$project_stamp" "$project_key"; then
  install --quiet --no-deps --no-build-isolation --editable . || no_install
  printf '%s\n' "$project_key" >"$project_stamp"
  say "Environnement : prêt."
fi
