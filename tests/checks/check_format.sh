#!/bin/sh
# Every file of C and C++ is as clang-format leaves it.
# shellcheck source=tests/checks/check.sh
. "$(dirname "$0")/check.sh"
needs clang-format

# shellcheck disable=SC2086 # one word for each folder
find $folders -name node_modules -prune -o \( -name '*.[ch]' -o -name '*.cpp' \) \
    -exec clang-format --dry-run -Werror {} +
