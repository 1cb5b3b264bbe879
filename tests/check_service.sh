#!/usr/bin/env bash
# check_service.sh PGREC: systemd finds nothing to say about the unit of docs/service, pgrec takes the options
# that it starts it with, what reloads it sends SIGHUP and needs a shell only, and logrotate reads its file. Skipped, loudly, where there is no systemd-analyze.
set -u
pgrec=$(readlink -f "$1")
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
status=0

for tool in systemd-analyze logrotate; do
  if command -v "$tool" >/dev/null || [ -x "/usr/sbin/$tool" ]; then continue; fi
  echo "SKIPPED: $tool is not installed"
  [ "${PGREC_REQUIRE_LIVE:-}" = 1 ] && exit 1
  exit 77
done

unit=$work/pgrec-slowlog.service
sed "s#^ExecStart=/usr/bin/pgrec #ExecStart=$pgrec #" docs/service/pgrec-slowlog.service >"$unit"
grep -qF "ExecStart=$pgrec " "$unit" || { echo "the unit does not start /usr/bin/pgrec"; status=1; }
said=$(systemd-analyze verify --man=no "$unit" 2>&1) || status=1
[ -z "$said" ] || { echo "systemd-analyze verify: $said"; status=1; }

# A threshold that is none is complained of only after every option was understood.
start=$(sed -nE "s#^ExecStart=$pgrec (.*)#\\1#p" "$unit" | sed 's#\${PGREC_SERVER}#postgres#; s#\${PGREC_THRESHOLD}#none#')
options=$(sed -nE 's/^#   Environment="PGREC_OPTIONS=(.*)"$/\1/p' docs/service/pgrec-slowlog.service)
[ -n "$options" ] || { echo "the unit has no example of PGREC_OPTIONS"; status=1; }
said=$("$pgrec" ${start/\$PGREC_OPTIONS/$options} 2>&1)
[[ $said == "pgrec: --threshold: "* ]] || { echo "pgrec $start: $said"; status=1; }

# Reloading, by a shell that finds no other program.
reload=$(sed -nE "s#^ExecReload=/bin/sh -c '(.*)'\$#\1#p" "$unit")
[ -n "$reload" ] || { echo "the unit is not reloaded by /bin/sh"; status=1; }
mkfifo "$work/held"
sh -c 'trap "exit 42" HUP; echo ready; read -r line' <>"$work/held" >"$work/ready" &
held=$!
until [ -s "$work/ready" ]; do :; done
env -i PATH=/nonexistent MAINPID="$held" /bin/sh -c "$reload" || echo >"$work/held"
wait "$held"
[ $? = 42 ] || { echo "ExecReload does not send SIGHUP: $reload"; status=1; }

cp docs/service/pgrec-slowlog.logrotate "$work/logrotate"
chmod 644 "$work/logrotate"
said=$(PATH=$PATH:/usr/sbin logrotate --state "$work/state" -d "$work/logrotate" 2>&1) || status=1
if grep -qiE '(^|[^a-z])error' <<<"$said"; then echo "logrotate: $said"; status=1; fi
exit "$status"
