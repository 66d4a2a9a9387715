# setup.sh - what the launcher needs before it can start anything
#
# Packages of Debian, the pages' libraries, the programs.  Each function makes
# what is missing, says so, and is quick where nothing is.
# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # root, build, preset are the launcher's

# mariadb-server-core and redis-tools have the programs without the services
# that mariadb-server and redis-server would start.
packages='build-essential cmake ninja-build pkg-config ca-certificates curl
    libuv1-dev libhiredis-dev libmariadb-dev
    libcurl4-openssl-dev libssl-dev libcjson-dev zlib1g-dev libglib2.0-dev
    libvips-dev libopencv-dev libsqlite3-dev
    redis-tools mariadb-server-core mariadb-client-core'
test_packages='libcmocka-dev libheif-dev git valgrind clang-format clang-tidy
    shellcheck chromium mariadb-client python3-boto3 awscli'

has() {
    command -v "$1" >/dev/null 2>&1
}

# missing_of PACKAGE...: those that are not installed.
missing_of() {
    present=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' "$@" \
        2>/dev/null | awk '$1 == "ii" { print $2 }' || true)
    for package in "$@"; do
        printf '%s\n' "$present" | grep -qxF "$package" ||
            printf ' %s' "$package"
    done
}

# become_root PACKAGES: sets what goes before a command that only root may run.
become_root() {
    as_root=
    [ "$(id -u)" != 0 ] || return 0
    as_root=sudo
    if ! has sudo || ! { sudo -n true 2>/dev/null || sudo -v; }; then
        die "these packages are missing, and you are neither root nor allowed" \
            "to use sudo. Ask whoever may to run: apt-get install$1"
    fi
}

# install PACKAGE...: those of them that are missing.
install() {
    if ! has dpkg-query; then
        say "not a Debian system: taking for granted that these are here: $*"
        return
    fi
    missing=$(missing_of "$@")
    [ -n "$missing" ] || return 0
    become_root "$missing"
    say "installing Debian packages (minutes, the first time):$missing"
    mkdir -p "$root/build"
    $as_root apt-get update >"$root/build/packages.log" 2>&1 ||
        apt_failed "apt-get update"
    # shellcheck disable=SC2086 # one word for each package
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y \
        --no-install-recommends $missing >>"$root/build/packages.log" 2>&1 ||
        apt_failed "apt-get install"
}

apt_failed() {
    grep -E '^[EW]:' "$root/build/packages.log" | head -n 5 >&2 || true
    die "$1 failed: see $root/build/packages.log"
}

# redis-tools has the server under the name of a tool: the program looks at the
# name that it was called by.
find_redis() {
    if ! has redis-server; then
        mkdir -p "$root/build/bin"
        ln -sf "$(command -v redis-check-rdb)" "$root/build/bin/redis-server"
        PATH=$root/build/bin:$PATH
        export PATH
    fi
}

# Debian's own node and npm, unless others are here.
node_packages() {
    has node || printf 'nodejs '
    has npm || printf 'npm '
}

# quietly NAME COMMAND...: shows the output's end if the command fails.
quietly() {
    output=$root/build/$1.log
    shift
    mkdir -p "$root/build"
    "$@" >"$output" 2>&1 || {
        grep -E 'error|FAILED' "$output" | head -n 20 >&2 || true
        tail -n 20 "$output" >&2
        die "failed: $* (all of it is in $output)"
    }
}

# get_libraries FOLDER NAME [OPTION...]: the npm packages that the folder's lock
# file pins; NAME is the one whose presence tells that they are there.  npm
# writes its own record last, so what was interrupted is begun anew.
get_libraries() {
    home=$root/$1
    here=$home/node_modules
    record=$here/.package-lock.json
    if [ -e "$here/$2" ] && [ -e "$record" ] &&
        [ -z "$(find "$home/package-lock.json" -newer "$record")" ]; then
        return
    fi
    say "getting the libraries of $1 from the npm registry"
    shift 2
    quietly npm npm ci --prefix "$home" --no-audit --no-fund "$@"
}

# ---- programs ----

# build_programs TESTS TARGET...: TESTS is ON where tests are wanted, too.  They
# are added to what was built without them, and stay.
build_programs() {
    tests=$1
    shift
    if [ ! -e "$build/build.ninja" ] || { [ "$tests" = ON ] &&
        grep -q '^FACEWIRE_TESTS:BOOL=OFF' "$build/CMakeCache.txt"; }; then
        say "configuring build/$preset"
        quietly configure cmake -S "$root" --preset "$preset" \
            -DFACEWIRE_TESTS="$tests"
    fi
    [ -e "$build/.ninja_log" ] || say "building (a minute, the first time)"
    quietly build cmake --build "$build" --target "$@"
}
