#!/bin/sh
# Nothing large is committed, no model, and no photo: pictures are drawings, or
# patterns that tests have made.
# shellcheck source=tests/checks/check.sh
. "$(dirname "$0")/check.sh"
needs_history
wrong=0

complain() {
    printf '%s\n' "$*"
    wrong=1
}

# check_file NAME BYTES
check_file() {
    [ "$2" -le 1048576 ] || complain "$1: over 1 MB"
    case $1 in
    *.onnx | *.caffemodel | *.pb | *.pth | *.params | *.tflite)
        complain "$1: a model; models.lock tells where to get it"
        ;;
    *.jpg | *.jpeg) complain "$1: a photo, by its name" ;;
    tests/unit/data/*) ;;
    *.png | *.webp | *.heic | *.avif | *.gif | *.bmp)
        complain "$1: a picture outside tests/unit/data"
        ;;
    esac
}

# Names are ours: none has a line's end in it.
files=$(git ls-files -z | xargs -0 stat --format='%s %n')
while read -r bytes name; do
    check_file "$name" "$bytes"
done <<END
$files
END
exit "$wrong"
