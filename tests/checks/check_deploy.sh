#!/bin/sh
# What deploy/engine/ says is true of this tree: systemd takes the unit, Debian
# has the packages, and an image's build is given all that it needs.  What only
# systemd or apt can say is asked where they are.
# shellcheck source=tests/checks/check.sh
. "$(dirname "$0")/check.sh"
needs cmake ninja

unit=deploy/engine/facewire-engine.service
image=deploy/engine/Dockerfile
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
wrong=0

complain() {
    printf '%s\n' "$*"
    wrong=1
}

# number_of PATTERN FILE: the first number that stands in its place.
number_of() {
    sed -n "s/.*$1.*/\\1/p" "$2" | head -n 1
}

# The program is not installed here, so another one stands in for it.
check_unit() {
    sed 's|^ExecStart=.*|ExecStart=/bin/true|' "$unit" \
        >"$room/facewire-engine.service"
    said=$(systemd-analyze verify "$room/facewire-engine.service" 2>&1) ||
        complain "systemd refuses $unit"
    case $said in
    *facewire-engine*) complain "systemd says of $unit: $said" ;;
    esac
    systemd-analyze security --offline=yes --threshold=20 \
        "$room/facewire-engine.service" >"$room/security" 2>&1 ||
        complain "$unit is open to more than it was: $(tail -n 1 "$room/security")"
}

check_times() {
    stop_s=$(number_of 'TimeoutStopSec=\([0-9]*\)' "$unit")
    drain_ms=$(number_of '"FACEWIRE_DRAIN_MS", .*"\([0-9]*\)"' \
        engine/engine_settings.c)
    grace_ms=$(number_of 'PROGRAM_GRACE_MS = \([0-9]*\)' engine/engine_main.c)
    [ $((stop_s * 1000)) -gt $((drain_ms + grace_ms)) ] ||
        complain "$unit stops the engine before its drain is over"
}

# whole_lines: the image's instructions, each on a line of its own.
whole_lines() {
    grep -v '^ *#' "$image" | sed -e ':more' -e '/\\$/{N;s/\\\n//;b more' -e '}'
}

check_packages() {
    packages=$(whole_lines | sed -n \
        's/.*install -y --no-install-recommends \([^&]*\).*/\1/p')
    [ -n "$packages" ] || complain "$image installs nothing"
    # shellcheck disable=SC2086 # one word for each package
    apt-cache madison $packages 2>/dev/null | awk '{ print $1 }' \
        >"$room/packages"
    for package in $packages; do
        grep -qxF "$package" "$room/packages" ||
            complain "$image: Debian has no $package"
    done
}

# Puts what the first stage is given into a folder, and lets cmake and ninja
# find all that they need there, without building.
check_build() {
    whole_lines | awk '/^FROM/ { stage++ } /^COPY [^-]/ { print stage, $0 }' \
        >"$room/copies"
    mkdir "$room/source"
    while read -r stage _ sources; do
        target=${sources##* }
        for source in ${sources% *}; do
            [ -e "$source" ] || complain "$image copies $source: there is none"
            if [ "$stage" = 1 ] && [ "$target" = ./ ]; then
                cp "$source" "$room/source/"
            elif [ "$stage" = 1 ]; then
                cp -r "$source" "$room/source/$target"
            fi
        done
    done <"$room/copies"
    (
        cd "$room/source"
        cmake --preset release -DFACEWIRE_TESTS=OFF &&
            ninja -C build/release -n facewire-engine
    ) >"$room/build" 2>&1 ||
        complain "$image: the engine cannot be built from what it copies:
$(tail -n 5 "$room/build")"
}

has() {
    command -v "$1" >/dev/null 2>&1
}

! has systemd-analyze || check_unit
! has apt-cache || ! apt-cache show libc6 >/dev/null 2>&1 || check_packages
check_times
check_build
exit "$wrong"
