#!/bin/sh
# clang-tidy has nothing to say of the files that have changed: since the branch
# left origin/main, or in the last commit where that is where we stand; changes
# that are not committed count, too.  FACEWIRE_LINT=all asks about every file.
#
# Each file has a clang-tidy of its own: version 14 is wrong about va_list in
# the second file of a run.
# shellcheck source=tests/checks/check.sh
. "$(dirname "$0")/check.sh"
needs clang-tidy xargs
build=$1

base_of_change() {
    base=$(git merge-base HEAD origin/main 2>/dev/null || true)
    head=$(git rev-parse HEAD)
    if [ -z "$base" ] || [ "$base" = "$head" ]; then
        base=$(git rev-parse --verify --quiet HEAD~1 || true)
    fi
    printf '%s' "$base"
}

all_files() {
    # shellcheck disable=SC2086 # one word for each folder
    find $folders -name node_modules -prune -o \
        \( -name '*.c' -o -name '*.cpp' \) -print
}

# A header is seen through the file that bears its name, or not at all.
changed_files() {
    {
        git diff --name-only --diff-filter=d "$1" -- '*.c' '*.cpp' '*.h'
        git ls-files --others --exclude-standard -- '*.c' '*.cpp' '*.h'
    } | sed 's/\.h$/.c/' | sort -u | while read -r file; do
        [ ! -e "$file" ] || printf '%s\n' "$file"
    done
}

if [ "${FACEWIRE_LINT:-}" = all ]; then
    files=$(all_files)
else
    needs_history
    base=$(base_of_change)
    if [ -n "$base" ]; then
        files=$(changed_files "$base")
    else
        files=$(all_files)
    fi
fi
[ -n "$files" ] || {
    echo "no file of C has changed"
    exit 0
}
printf '%s\n' "$files" | wc -l | sed 's/$/ files to look at/'
printf '%s\n' "$files" |
    xargs -P "$(nproc)" -n 1 clang-tidy -p "$build" --quiet
