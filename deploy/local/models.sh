# models.sh - the models that models.lock names: found, or got and checked
#
# A file is used if its bytes are those of the lock, and only then is it put
# under its name, so a download that breaks off leaves nothing behind.
# shellcheck shell=sh
# shellcheck disable=SC2154 # root is the launcher's

lock_file=$root/models.lock
models_folder=${FACEWIRE_MODELS:-$root/models}

# sum_of FILE
sum_of() {
    sha256sum <"$1" | cut -d' ' -f1
}

# lines_of ROLE: of the lock, in the order in which we prefer them.
lines_of() {
    grep "^$1 " "$lock_file"
}

# find_model ROLE: prints where a model for it lies that the engine will take.
# One with other bytes counts as none where we can replace it.
find_model() {
    lines_of "$1" | while read -r _ name _ sum _; do
        file=$models_folder/$name
        if [ -e "$file" ] && [ "$(sum_of "$file")" = "$sum" ]; then
            printf '%s\n' "$file"
        elif [ -z "${FACEWIRE_MODELS:-}" ] && [ ! -e "$file" ] &&
            [ -e "$root/../shared/models/$name" ]; then
            printf '%s\n' "$root/../shared/models/$name"
        fi
    done | head -n 1
}

# download_model NAME BYTES SHA256 URL
download_model() {
    say "getting $1 from $4"
    mkdir -p "$models_folder" || return 1
    part=$models_folder/$1.part
    if ! curl --silent --show-error --fail --location --retry 2 \
        --connect-timeout 20 --speed-limit 1000 --speed-time 30 \
        --max-filesize "$2" --output "$part" "$4"; then
        rm -f "$part"
        return 1
    fi
    if [ "$(sum_of "$part")" != "$3" ]; then
        say "what came has other bytes than models.lock demands" >&2
        rm -f "$part"
        return 1
    fi
    mv "$part" "$models_folder/$1"
}

# get_model ROLE: from the first origin that has the very bytes.  Origins that
# are prose and no address are for people.
get_model() {
    lines_of "$1" | {
        while read -r _ name bytes sum _ origin; do
            case $origin in
            *' '*) continue ;;
            esac
            ! download_model "$name" "$bytes" "$sum" "$origin" || exit 0
        done
        exit 1
    }
}

# A detector and an embedder, unless they are here.
get_models() {
    for role in detector embedder; do
        [ -n "$(find_model "$role")" ] || get_model "$role" ||
            die "no $role model could be had: put one that models.lock names" \
                "into $models_folder"
    done
}

# models get: the same, and tells what is there in the end.
tell_models() {
    for role in detector embedder landmarks expression age; do
        file=$(find_model "$role")
        if [ -n "$file" ]; then
            say "$role: $file"
        else
            say "$role: none; attributes that need it are left out." \
                "models.lock says what it is made from"
        fi
    done
}
