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

check_file() {
    [ "$(stat -c %s "$1")" -le 1048576 ] || complain "$1: over 1 MB"
    case $1 in
    *.onnx | *.caffemodel | *.pb | *.pth | *.params | *.tflite)
        complain "$1: a model; models.lock tells where to get it"
        ;;
    tests/unit/data/*) ;;
    *.jpg | *.jpeg | *.png | *.webp | *.heic | *.avif | *.gif | *.bmp)
        complain "$1: a picture outside tests/unit/data"
        ;;
    esac
    case $1 in
    *.jpg | *.jpeg) complain "$1: a photo, by its name" ;;
    esac
}

# Names are ours: none has a line's end in it.
files=$(git ls-files)
while read -r file; do
    [ ! -f "$file" ] || check_file "$file"
done <<END
$files
END
exit "$wrong"
