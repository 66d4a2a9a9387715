# backup.sh - keeps a whole Facewire of one machine, and puts it back
#
# A backup is a folder: database.sql, engine/ and images/ as they are below
# var/, `sums` with the SHA-256 of each file, `manifest`.  It grows under the
# name of DIR.part, so that what is called DIR is whole.
#
# Everything keeps running meanwhile.  The database goes first, as it is at one
# moment; a photo and a face are there before the row that names them is, so
# what is kept after it has them all.  What is newer than that moment may come
# along, and nothing refers to it.  Redis needs no backup: what it holds is made
# again from the rows, and live clients are told of a gap.
# shellcheck shell=sh
# shellcheck disable=SC2154 # root, var, build, parts, run are the launcher's

backup_packages=mariadb-client # it has mariadb-dump, and starts nothing
backup_format=1

# ---- what both need ----

schema_version() {
    find "$root/sql/migrations" -name '*.sql' -printf '%f\n' | sort |
        sed -n '$s/^0*\([0-9]*\)_.*/\1/p'
}

# last_words FILE: of a command that failed.
last_words() {
    tail -n 1 "$1" 2>/dev/null
}

# on_end COMMAND: run when we end before we are done, however that is.
on_end() {
    # shellcheck disable=SC2064 # a name
    trap "$1" EXIT
    trap 'exit 1' INT TERM HUP
}

is_done() {
    trap - EXIT INT TERM HUP
}

# ---- keeping ----

# Where it is to lie; the path may have names in it that are not there yet.
check_target() {
    target=$(readlink -m -- "$1")
    case $target/ in
    "$(readlink -m -- "$var")"/*)
        die "$1 lies in $var: whatever ends that would end the backup"
        ;;
    esac
    if [ -e "$target" ]; then
        [ -d "$target" ] || die "$1 is no folder"
        [ -z "$(ls -A -- "$target")" ] ||
            die "$1 is not empty: a backup begins in a folder of its own"
    fi
}

count() {
    sql --skip-column-names --execute="SELECT COUNT(*) FROM facewire.$1"
}

keep_database() {
    say "keeping the database"
    people=$(count people) && faces=$(count faces) && jobs=$(count jobs) ||
        die "the database does not answer"
    mariadb-dump --no-defaults --socket="$mariadb_socket" --user=root \
        --single-transaction --quick --hex-blob --no-tablespaces \
        --no-autocommit facewire >"$new/database.sql" 2>"$words" ||
        die "the database cannot be kept: $(last_words "$words")"
}

# engine_program COMMAND...: on what lies in $data.
engine_program() {
    FACEWIRE_ENGINE_DATA=$data "$build/engine/facewire-engine" "$@" \
        >/dev/null 2>"$words"
}

keep_engine() {
    has_part engine || return 0
    say "keeping the engine's faces"
    data=$var/engine
    engine_program backup "$new/engine" ||
        die "the engine's faces cannot be kept: $(last_words "$words")"
}

# Photos that are erased meanwhile are no failure: tar says 1.
keep_images() {
    say "keeping the photos"
    mkdir "$new/images"
    {
        tar -C "$var/images" --exclude=./tmp -cf - . 2>"$words" ||
            [ $? = 1 ] || echo >"$new/images.unread"
    } | tar -C "$new/images" -xf - 2>"$words.written" ||
        die "the photos cannot be kept: $(last_words "$words.written")"
    [ ! -e "$new/images.unread" ] ||
        die "the photos cannot be read: $(last_words "$words")"
}

# The last line says that it is whole.
write_manifest() {
    (
        cd "$new"
        find . -type f ! -name sums -print0 | LC_ALL=C sort -z |
            xargs -0 -r sha256sum --
    ) >"$new/sums" 2>"$words" &&
        cat >"$new/manifest" <<END ||
facewire-backup $backup_format
made $(date -u +%Y-%m-%dT%H:%M:%SZ)
program $("$build/server/facewire-server" --version | sed 's/.* //')
schema $(schema_version)
engine $(if has_part engine; then echo yes; else echo no; fi)
people $people
faces $faces
jobs $jobs
files $(wc -l <"$new/sums")
sums $(sha256sum <"$new/sums" | cut -d' ' -f1)
end
END
        die "the manifest cannot be written: $(last_words "$words")"
}

forget_backup() {
    rm -rf -- "$new"
    say "there is no backup" >&2
}

# backup DIR
backup() {
    [ $# = 1 ] && [ -n "$1" ] || die "say where: ./facewire backup DIR"
    check_target "$1"
    lock
    [ ! -r "$run/parts" ] || parts=$(cat "$run/parts")
    [ -n "$(pid_of mariadb)" ] ||
        die "the database does not run, so there is nothing to ask:" \
            "./facewire up first"
    install $backup_packages
    umask 077
    new=$target.part
    words=$var/log/backup.log
    mkdir -p -- "$(dirname -- "$target")"
    [ ! -e "$new" ] ||
        die "$new is left of a backup that was cut off: remove it"
    on_end forget_backup
    mkdir -- "$new"
    keep_database
    keep_engine
    keep_images
    write_manifest
    sync -f "$new" && mv -T -- "$new" "$target" ||
        die "$target cannot be finished"
    is_done
    say "kept $people people, $faces faces, $jobs jobs and their photos" \
        "in $target ($(du -sh -- "$target" | cut -f1))"
}

# ---- putting back ----

# told NAME: what the manifest says of it.
told() {
    sed -n "s/^$1 //p" "$source/manifest"
}

# Before anything is touched.
check_backup() {
    [ -d "$source" ] || die "there is no folder $source"
    [ -r "$source/manifest" ] ||
        die "$source is no backup, or one that was cut off: it has no manifest"
    [ "$(sed -n '$p' "$source/manifest")" = end ] ||
        die "$source/manifest is cut off"
    [ "$(told facewire-backup)" -le "$backup_format" ] 2>/dev/null &&
        [ "$(told schema)" -le "$(schema_version)" ] 2>/dev/null ||
        die "$source was made by a newer Facewire ($(told program))," \
            "which is needed to put it back"
    say "checking $(told files) files of $(told made)"
    [ "$(sha256sum <"$source/sums" | cut -d' ' -f1)" = "$(told sums)" ] ||
        die "$source/sums is not as it was written"
    wrong=$(cd "$source" && LC_ALL=C sha256sum --check --quiet sums 2>/dev/null) ||
        die "not as they were kept:" "$(printf '%s' "$wrong" | head -n 5)"
    found=$(find "$source" ! -type d ! -path "$source/sums" \
        ! -path "$source/manifest" | wc -l)
    [ "$found" = "$(told files)" ] ||
        die "$source has $found files, and the manifest knows $(told files)"
}

# A person's faces are known where they were enrolled, and nowhere else.
check_recognition() {
    if [ "$(told engine)" = no ] && has_part engine; then
        die "the faces of this backup are at a recognition service: name it" \
            "in FACEWIRE_REKOGNITION_ENDPOINT, as it was then"
    elif [ "$(told engine)" = yes ] && ! has_part engine; then
        die "the faces of this backup are in it, for our own engine:" \
            "unset FACEWIRE_REKOGNITION_ENDPOINT"
    fi
}

has_data() {
    [ -d "$var/mariadb" ] || [ -n "$(ls -A "$var/images" "$var/engine" \
        2>/dev/null | grep -v -e '^/' -e '^$' -e '^tmp$')" ]
}

check_place() {
    for part in redis mariadb engine worker server; do
        [ -z "$(pid_of "$part")" ] ||
            die "Facewire is up: ./facewire down, then restore"
    done
    if has_data && [ -z "$replaces" ]; then
        die "there are people and photos in $var already; to put the backup" \
            "in their place: ./facewire restore $source --replace"
    fi
    for place in "$new" "$before"; do
        [ ! -e "$place" ] || die "$place is in the way: move it elsewhere"
    done
}

# A database of its own, that nobody else knows of, filled and stopped.
fill_database() {
    say "filling a database"
    socket=$run/restore.sock
    make_datadir "$new/mariadb"
    # shellcheck disable=SC2046 # no word, or one
    mariadbd --no-defaults $(mariadb_user) --datadir="$new/mariadb" \
        --socket="$socket" --skip-networking --tmpdir="$var/tmp" \
        --pid-file="$new/mariadbd.pid" >"$words" 2>&1 9>&- &
    filling=$!
    mariadb_socket=$socket
    turns=1200
    until sql --execute='DO 0' >/dev/null 2>&1; do
        turns=$((turns - 1))
        [ "$turns" -gt 0 ] && kill -0 "$filling" 2>/dev/null ||
            die "a database cannot be started: $(last_words "$words")"
        sleep 0.05
    done
    sql --execute='CREATE DATABASE facewire CHARACTER SET utf8mb4' &&
        sql facewire <"$source/database.sql" 2>"$words.client" ||
        die "the database cannot be filled: $(last_words "$words.client")"
    place_sockets
    kill -TERM "$filling"
    wait "$filling" || die "the database cannot be finished"
    filling=
}

put_back_engine() {
    [ -d "$source/engine" ] || return 0
    say "putting the engine's faces in place"
    data=$new/engine
    engine_program restore "$source/engine" ||
        die "the engine's faces cannot be put back: $(last_words "$words")"
}

# One rename takes the old away and one puts the new in its place.  Nothing of
# somebody else's is deleted, whatever FACEWIRE_VAR says.
take_place() {
    had_data=yes
    has_data || had_data=
    sync -f "$new"
    mv -T -- "$var" "$before" || die "$var cannot be renamed"
    mv -T -- "$new" "$var" || die "$new cannot be renamed to $var;" \
        "what was there before lies in $before"
    if [ -z "$had_data" ]; then
        for place in engine images log redis run secrets tmp; do
            rm -rf -- "${before:?}/$place"
        done
        rmdir -- "$before" 2>/dev/null || had_data=yes
    fi
    [ -z "$had_data" ] || say "what was there before lies in $before"
}

forget_restore() {
    [ -z "${filling:-}" ] || kill -KILL "$filling" 2>/dev/null || true
    rm -rf -- "$new"
    say "nothing was put back" >&2
}

# read_words DIR [--replace]
read_words() {
    source=
    replaces=
    for word in "$@"; do
        case $word in
        --replace) replaces=yes ;;
        -*) die "$word is no option of restore" ;;
        *)
            [ -z "$source" ] || die "one backup at a time"
            source=$(readlink -m -- "$word")
            ;;
        esac
    done
    [ -n "$source" ] || die "say from where: ./facewire restore DIR"
}

# restore DIR [--replace]
restore() {
    read_words "$@"
    check_backup
    check_recognition
    lock
    new=$var.restored
    before=$var.before
    words=$run/restore.log
    check_place
    check_ports
    # shellcheck disable=SC2086 # one word for each package
    install $packages
    ! has_part engine || build_programs OFF facewire-engine
    umask 077
    on_end forget_restore
    mkdir -- "$new"
    fill_database
    say "putting the photos in place"
    cp -R "$source/images" "$new/images" 2>"$words" ||
        die "the photos cannot be copied: $(last_words "$words")"
    put_back_engine
    rm -f "$new/mariadbd.pid"
    take_place
    is_done
    up
}
