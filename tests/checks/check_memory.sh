#!/bin/sh
# The unit tests are clean under valgrind, in a build of their own; those that
# valgrind would make last for minutes are left out.
# shellcheck source=tests/checks/check.sh
. "$(dirname "$0")/check.sh"
needs valgrind

cmake --preset valgrind
cmake --build --preset valgrind --target unit_tests
exec ctest --test-dir build/valgrind --label-regex unit \
    --label-exclude slow --output-on-failure --parallel "$(nproc)"
