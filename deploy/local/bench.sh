# bench.sh - measures Facewire beside its peers, for the launcher
#
# Everything is made below build/bench: what the peers need, a room for each
# bench, the report.
# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # root, build, preset are the launcher's

# In the order of the report; each starts its own stack and its own peers.
benches="queue pipeline upload servers fanout connections start growth \
search engine"
bench_packages='libcmocka-dev python3-fastapi python3-uvicorn python3-uvloop
    python3-httptools python3-multipart python3-opencv libfaiss-dev
    liblapack-dev'

# The libraries of bench/peers/, as its lock file pins them.  `npm ci` demands
# that the lock names what other systems would need as well, and not every
# registry has that.
get_peers() {
    here=$root/bench/peers/node_modules
    lock=$root/bench/peers/package-lock.json
    if [ ! -e "$here/.package-lock.json" ] ||
        [ -n "$(find "$lock" -newer "$here/.package-lock.json")" ]; then
        say "getting the peers from the npm registry"
        quietly npm npm install --no-save --prefix "$root/bench/peers" \
            --no-audit --no-fund
    fi
}

# nginx with nchan is unpacked, not installed: its package would start a
# service.  It writes to a folder of its own below /var/lib; where that cannot
# be made, it is left out.
get_nchan() {
    peers=$root/build/bench/nginx
    mkdir -p "$peers"
    if [ ! -x "$peers/usr/sbin/nginx" ]; then
        (
            cd "$peers"
            apt-get download nginx libnginx-mod-nchan >download.log 2>&1 &&
                for package in *.deb; do dpkg -x "$package" .; done
        ) || say "nchan is left out: see build/bench/nginx/download.log"
    fi
    if [ -x "$peers/usr/sbin/nginx" ] && mkdir -p /var/lib/nginx 2>/dev/null; then
        export BENCH_NGINX="$peers/usr/sbin/nginx"
        export BENCH_NCHAN="$peers/usr/lib/nginx/modules/ngx_nchan_module.so"
    fi
}

# run_bench NAME [full]: in a room of its own; what it found goes beside the
# others'.  One that lacks its photos or models says so with 77.
run_bench() {
    name=$1
    shift
    room=$root/build/bench/rooms/$name
    mkdir -p "$room"
    result=0
    (
        cd "$room"
        FACEWIRE_SOURCE=$root "$build/bench/bench_$name" "$@"
    ) || result=$?
    case $result in
    0) cp "$room/$name.json" "$root/build/bench/" ;;
    77) say "$name is left out" ;;
    *) die "the bench of $name failed: see $room" ;;
    esac
}

# bench_engine_load [SECONDS [CONNECTIONS [VANDALS]]]: it starts an engine of its
# own in a room, and has no peer.
bench_engine_load() {
    # shellcheck disable=SC2046,SC2086 # one word for each package
    install $packages libcmocka-dev $(node_packages)
    build_programs ON bench_engine_load
    room=$root/build/bench/rooms/engine_load
    mkdir -p "$room"
    cd "$room"
    FACEWIRE_SOURCE=$root exec "$build/bench/bench_engine_load" "$@"
}

# bench_peers [NAME...], or growth full: all of them, or some; then the report.
bench_peers() {
    # shellcheck disable=SC2046,SC2086 # one word for each package
    install $packages $bench_packages $(node_packages)
    find_redis
    get_peers
    get_nchan
    build_programs ON all
    # shellcheck disable=SC2086 # one word for each bench
    [ $# -gt 0 ] || set -- $benches
    if [ "$*" = "growth full" ]; then
        say "measuring: growth, up to a million"
        run_bench growth full
    else
        for name in "$@"; do
            say "measuring: $name"
            run_bench "$name"
        done
    fi
    report=$(node "$root/bench/report.mjs" "$root/build/bench")
    say "the report: $report"
}
