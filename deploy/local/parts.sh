# parts.sh - the parts of a Facewire of one machine: started, found, stopped
#
# What is started is remembered in a file below var/run: its process id and
# start time, so that nothing else can be stopped by mistake, a fingerprint of
# its build and settings, and its address.
# shellcheck shell=sh
# shellcheck disable=SC2154 # root, var, build, host, ports are the launcher's

started= # the parts that this call has started
stopped= # and stopped

has_part() {
    case " $parts " in
    *" $1 "*) ;;
    *) return 1 ;;
    esac
}

# A socket's path may have 107 bytes.
place_sockets() {
    run=$var/run
    if [ ${#run} -gt 90 ]; then
        run=/tmp/facewire-$(id -u)-$(printf '%s' "$run" | cksum | cut -d' ' -f1)
    fi
    redis_socket=$run/redis.sock
    mariadb_socket=$run/mariadb.sock
}

# One up or down at a time.  Nothing that is started keeps the lock.
lock() {
    (
        umask 077
        mkdir -p "$var" "$run" "$var/log" "$var/redis" "$var/images" \
            "$var/engine" "$var/secrets" "$var/tmp"
    )
    [ -O "$run" ] || die "$run belongs to somebody else"
    exec 9>"$run/lock"
    flock -n 9 || {
        say "waiting for another ./facewire to finish"
        flock 9
    }
}

# ---- who runs ----

# since PID: when the process was started, in the kernel's ticks; nothing if
# there is none, or nothing but its body.
since() {
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null |
        awk '$1 != "Z" { print $20 }'
}

# pid_of PART: its process id, or nothing if it does not run.
pid_of() {
    [ -r "$run/$1.pid" ] || return 0
    read -r pid start _ <"$run/$1.pid" || return 0
    [ -z "$start" ] || [ "$(since "$pid")" != "$start" ] || echo "$pid"
}

# address_of PART: where it was told to listen.
address_of() {
    sed 's/^[^ ]* [^ ]* [^ ]* *//' "$run/$1.pid"
}

# fingerprint PROGRAM [PART]: its build, its settings, and for the server the
# pages, which it keeps in memory.
fingerprint() {
    {
        stat -c '%n %i %Y' "$1"
        env | grep -E '^(FACEWIRE|AWS)_' | LC_ALL=C sort
        api_token
        [ "${2:-}" != server ] || find "$root/web" -name node_modules -prune \
            -o -type f -printf '%p %T@\n' | LC_ALL=C sort
    } | sha256sum | cut -c1-16
}

# ---- start ----

# start PART ADDRESS FINGERPRINT COMMAND...
#
# Its log begins anew; that of the time before is kept beside it.  Ctrl-C waits until the part is written down, so that none is forgotten.
start() {
    part=$1
    address=$2
    print=$3
    shift 3
    [ ! -e "$var/log/$part.log" ] ||
        mv "$var/log/$part.log" "$var/log/$part.log.old"
    trap '' INT TERM HUP
    setsid "$@" </dev/null >>"$var/log/$part.log" 2>&1 9>&- &
    echo "$! $(since $!) $print $address" >"$run/$part.pid"
    trap - INT TERM HUP
    started="$started $part"
}

# start_program PART ADDRESS: one of ours, anew if it is not as it was.
start_program() {
    program=$build/$1/facewire-$1
    print=$(fingerprint "$program" "$1")
    if [ -n "$(pid_of "$1")" ]; then
        read -r _ _ was _ <"$run/$1.pid"
        [ "$was" != "$print" ] || return 0
        say "$1: its build or its settings have changed, starting it anew"
        stop "$1"
    fi
    start "$1" "$2" "$print" "$program"
}

# await PART SECONDS COMMAND...: until the command succeeds.
await() {
    part=$1
    turns=$(($2 * 20))
    shift 2
    until "$@" >/dev/null 2>&1; do
        turns=$((turns - 1))
        if [ "$turns" = 0 ] || [ -z "$(pid_of "$part")" ]; then
            tail -n 15 "$var/log/$part.log" >&2
            die "$part did not start: see $var/log/$part.log"
        fi
        sleep 0.05
    done
}

# is_taken URL: who does not answer in time has the port all the same.
is_taken() {
    code=0
    curl --silent --noproxy '*' --max-time 1 --output /dev/null \
        "$1/" 2>/dev/null || code=$?
    [ "$code" != 7 ]
}

# check_port PART URL PORT VARIABLE: fails if somebody else listens there.  The
# server could share the port with a stranger's, and nobody would notice.
check_port() {
    if [ -n "$(pid_of "$1")" ]; then
        case $(address_of "$1") in
        "$2") return 0 ;;
        esac
    fi
    ! has curl || ! is_taken "$2" || die "port $3 is taken by another" \
        "program. Choose another one, for example:" \
        "$4=$(($3 + 1)) ./facewire up"
}

check_ports() {
    check_port server "$url" "$port" FACEWIRE_PORT
    ! has_part engine ||
        check_port engine "$engine_url" "$engine_port" FACEWIRE_ENGINE_PORT
}

redis_answers() {
    [ "$(redis-cli -s "$redis_socket" ping)" = PONG ]
}

sql() {
    mariadb --no-defaults --socket="$mariadb_socket" --user=root "$@"
}

answers() {
    curl --silent --noproxy '*' --fail --max-time 2 --output /dev/null "$@"
}

# The first line of its file, where it stands in one.
api_token() {
    if [ -n "${FACEWIRE_API_TOKEN_FILE:-}" ]; then
        head -n 1 "$FACEWIRE_API_TOKEN_FILE" 2>/dev/null | tr -d '\r\n'
    else
        printf '%s' "${FACEWIRE_API_TOKEN:-}"
    fi
}

# A server that asks for a token asks for it here, too.
server_is_ready() {
    printf 'header = "Authorization: Bearer %s"\n' "$(api_token)" |
        answers "$url/readyz" --config -
}

start_redis() {
    start redis "$redis_socket" - redis-server --port 0 \
        --unixsocket "$redis_socket" --unixsocketperm 700 --dir "$var/redis" \
        --appendonly yes --appendfsync everysec --save '' \
        --maxmemory-policy noeviction --daemonize no
}

# It runs as whoever calls us; mariadbd wants root to say so.
mariadb_user() {
    [ "$(id -u)" != 0 ] || printf '%s' --user=root
}

# make_datadir FOLDER: an empty database, whose root has no password.  It is
# reached by its socket alone, so the machine's name need not lead anywhere.
make_datadir() {
    # shellcheck disable=SC2046 # no word, or one
    mariadb-install-db --no-defaults --datadir="$1" --tmpdir="$var/tmp" \
        --auth-root-authentication-method=normal --skip-test-db \
        --force $(mariadb_user) >"$var/log/mariadb.log" 2>&1 ||
        die "mariadb-install-db failed: see $var/log/mariadb.log"
}

# What it writes for a while stays below var/ as well.
start_mariadb() {
    if [ ! -d "$var/mariadb/mysql" ]; then
        say "making a database"
        rm -rf "$var/mariadb" "$var/mariadb.new"
        make_datadir "$var/mariadb.new"
        mv "$var/mariadb.new" "$var/mariadb"
    fi
    # shellcheck disable=SC2046
    start mariadb "$mariadb_socket" - mariadbd --no-defaults $(mariadb_user) \
        --datadir="$var/mariadb" --socket="$mariadb_socket" \
        --tmpdir="$var/tmp" \
        --skip-networking --pid-file="$run/mariadbd.pid" \
        --character-set-server=utf8mb4 --innodb-buffer-pool-size=64M
}

# Root has no password, but its socket lies in a folder that is ours alone.
make_database() {
    password=$(cat "$var/secrets/database")
    sql --execute="CREATE DATABASE IF NOT EXISTS facewire
            CHARACTER SET utf8mb4;
        CREATE OR REPLACE USER facewire@localhost IDENTIFIED BY '$password';
        GRANT ALL ON facewire.* TO facewire@localhost;" \
        >>"$var/log/mariadb.log" 2>&1 ||
        die "the database cannot be made: see $var/log/mariadb.log"
    "$build/sql/facewire-migrate" >>"$var/log/mariadb.log" 2>&1 || {
        tail -n 5 "$var/log/mariadb.log" >&2
        die "the database cannot be brought up to date"
    }
}

# What the programs are told, unless they have been told already.
tell_programs() {
    export FACEWIRE_HOST="$host" FACEWIRE_PORT="$port"
    export FACEWIRE_REDIS_URL="unix://$redis_socket"
    export FACEWIRE_DATABASE_SOCKET="$mariadb_socket"
    export FACEWIRE_DATABASE_USER=facewire FACEWIRE_DATABASE_NAME=facewire
    export FACEWIRE_DATABASE_PASSWORD_FILE="$var/secrets/database"
    export FACEWIRE_IMAGES="$var/images"
    export FACEWIRE_WEB="${FACEWIRE_WEB-$root/web}"
    export FACEWIRE_DRAIN_MS="${FACEWIRE_DRAIN_MS:-2000}"
    export FACEWIRE_ENGINE_PORT="$engine_port"
    export FACEWIRE_ENGINE_DATA="$var/engine"
    export FACEWIRE_ENGINE_KEYS="$var/engine/keys"
    if has_part engine; then
        export FACEWIRE_REKOGNITION_ENDPOINT="$engine_url"
        export FACEWIRE_REKOGNITION_KEYS="$var/engine/keys"
    fi
}

make_secrets() {
    [ ! -s "$var/secrets/database" ] || return 0
    (
        umask 077
        od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$var/secrets/database"
    )
}

start_all() {
    echo "$parts" >"$run/parts"
    [ -n "$(pid_of redis)" ] || start_redis
    [ -n "$(pid_of mariadb)" ] || start_mariadb
    if has_part engine; then
        start_program engine "$engine_url"
    else
        stop engine
    fi
    await mariadb 60 sql --execute='DO 0'
    make_database
    await redis 60 redis_answers
    start_program server "$url"
    ! has_part engine ||
        await engine 60 answers "$engine_url/healthz"
    start_program worker ''
    await worker 30 grep -q ready "$var/log/worker.log"
    await server 30 server_is_ready
}

# ---- stop ----

# How long a part may take: a server drains, and a database writes its pages.
patience_of() {
    case $1 in
    mariadb) echo 120 ;;
    *) echo 60 ;;
    esac
}

# stop PART
stop() {
    pid=$(pid_of "$1")
    if [ -z "$pid" ]; then
        rm -f "$run/$1.pid"
        return
    fi
    kill -TERM "$pid" 2>/dev/null || true
    turns=$(($(patience_of "$1") * 20))
    while [ -n "$(pid_of "$1")" ]; do
        turns=$((turns - 1))
        if [ "$turns" = 0 ]; then
            say "$1 does not stop: killing it"
            kill -KILL "$pid" 2>/dev/null || true
        fi
        sleep 0.05
    done
    rm -f "$run/$1.pid"
    stopped="$stopped $1"
}
