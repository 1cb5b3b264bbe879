#!/usr/bin/env bash
# check_configure.sh: pgrec configures without GoogleTest, as README has it; and the tests, where they are asked
# for, are not left out in silence.
set -u
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
status=0

# configure DIRECTORY OPTION...: as on a machine without GoogleTest; what it says is in $said.
configure() {
  local directory=$1
  shift
  said=$(cmake -G Ninja -S . -B "$work/$directory" -DCMAKE_DISABLE_FIND_PACKAGE_GTest=ON "$@" 2>&1)
}

configure analyze -DPGREC_RECORD=OFF || { echo "-DPGREC_RECORD=OFF: $said"; status=1; }
configure tests -DPGREC_RECORD=OFF -DPGREC_TESTS=ON && { echo "-DPGREC_TESTS=ON configures without GoogleTest"; status=1; }
[[ $said == *"GoogleTest is missing"*"libgtest-dev"* ]] || { echo "-DPGREC_TESTS=ON: $said"; status=1; }
exit "$status"
