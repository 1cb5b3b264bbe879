#!/bin/sh
# stage.sh ROOT MAINTAINER: makes what was installed below ROOT/usr a package for Debian: documents in their
# places and compressed, and the logrotate file where logrotate reads it.
set -eu
root=$1 maintainer=$2
doc=$root/usr/share/doc/pgrec

# The changelog in Debian's form and its 80 columns. A version that is not released has the date of now.
now=$(LC_ALL=C date -u -R -d "@${SOURCE_DATE_EPOCH:-$(date +%s)}")
awk -v maintainer="$maintainer" -v now="$now" '
  function trailer() { if (date) printf "%s\n\n -- %s  %s\n", line, maintainer, date }
  /^## / {
    trailer()
    if (date) print ""
    version = $2; sub(/,$/, "", version)
    date = now; suite = "UNRELEASED"
    if ($3 ~ /^[0-9]+-[0-9]+-[0-9]+$/) {
      ("LC_ALL=C date -u -R -d " $3) | getline date
      suite = "unstable"
    }
    line = "pgrec (" version ") " suite "; urgency=medium\n"
  }
  /^- / { print line; line = "  *"; $1 = ""; $0 = $0 }
  date && !/^#/ {
    for (i = 1; i <= NF; i++) {
      if (length(line) + length($i) >= 80) { print line; line = "   " }
      line = line " " $i
    }
  }
  END { trailer() }
' "$doc/CHANGELOG.md" | gzip -9n >"$doc/changelog.gz"
rm "$doc/CHANGELOG.md" "$doc/LICENSE" # which are changelog.gz and in copyright
gzip -9n "$root"/usr/share/man/man1/*.1

if [ -e "$doc/pgrec-slowlog.logrotate" ]; then
  mkdir -p "$root/etc/logrotate.d"
  mv "$doc/pgrec-slowlog.logrotate" "$root/etc/logrotate.d/pgrec-slowlog"
fi

# Whatever the umask was.
chmod -R u=rwX,go=rX "$root"
