#!/bin/sh
# Run parts of the tests, each a target of the Makefile, up to the first failure; then say what took how long.
set -u

cd "$(dirname "$0")/.." || exit
passed=0 failed=0 skipped=0 times=

for part; do
    if [ $failed -gt 0 ]; then
        skipped=$((skipped + 1)) times="$times, $part not run"
        continue
    fi
    printf '\n--- %s\n' "$part"
    start=$(date +%s)
    if ${MAKE:-make} --no-print-directory "$part"; then
        passed=$((passed + 1)) word=
    else
        failed=1 word=' FAILED after'
    fi
    times="$times, $part$word $(($(date +%s) - start)) s"
done

printf '\n--- %s\n' "${times#, }"
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
