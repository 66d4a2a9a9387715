#!/bin/sh
# No script has a fault that shellcheck knows.
# shellcheck source=tests/checks/check.sh
. "$(dirname "$0")/check.sh"
needs shellcheck

shellcheck -x facewire .ci/run tests/checks/check_*.sh
