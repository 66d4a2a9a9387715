# check.sh - what the checks share: they read the whole source tree
# shellcheck shell=sh
set -eu

top=${FACEWIRE_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
cd "$top"
# shellcheck disable=SC2034 # for those who read this file
folders='lib proto sql engine worker server bench tests'

# Ends a check that cannot run here; a failure where CI is set, because there
# everything must run.
skip() {
    printf 'skipped: %s\n' "$*" >&2
    [ -n "${CI:-}" ] || exit 77
    exit 1
}

needs() {
    for tool in "$@"; do
        command -v "$tool" >/dev/null 2>&1 || skip "there is no $tool here"
    done
}

needs_history() {
    needs git
    git rev-parse --verify --quiet HEAD >/dev/null ||
        skip "this is no git repository"
}
