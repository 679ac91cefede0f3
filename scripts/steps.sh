# Sourced by the other scripts: numbered steps that say what they do and how long it took.
# STEP_DONE and STEPS carry the numbering from one script into the next.

# Always from the root of the project, wherever the caller stands.
cd "$(dirname "${BASH_SOURCE[0]}")/.."

step_number=${STEP_DONE:-0}
step_started=$SECONDS

# announce WHAT: opens a step.
announce() {
    step_number=$((step_number + 1))
    step_started=$SECONDS
    printf '[%d/%d] %s …\n' "$step_number" "${STEPS:-$step_number}" "$1"
}

# finished WHAT: closes the step that was announced last.
finished() {
    printf '[%d/%d] %s (%d s)\n' "$step_number" "${STEPS:-$step_number}" "$1" $((SECONDS - step_started))
}

# fail WORDS...: one plain line for each word, then the end.
fail() {
    printf '\n' >&2
    printf '%s\n' "$@" >&2
    exit 1
}

# The folder that Cargo builds into.
target=${CARGO_TARGET_DIR:-target}
