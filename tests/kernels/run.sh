#!/bin/bash
# Runs the tests in a virtual machine (boot.sh) and writes what becomes of them to the second serial line:
#
#   == kernel RELEASE
#   == begin FILE TEST
#   | what it says
#   == end FILE TEST STATUS SECONDS
#   == done
#
# The machine ends when this script does.
export PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /dev/shm /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t devpts devpts /dev/pts
mount -t tracefs tracefs /sys/kernel/tracing
mount -t securityfs securityfs /sys/kernel/security
for link in fd:/proc/self/fd stdin:fd/0 stdout:fd/1 stderr:fd/2; do ln -sfn "${link#*:}" "/dev/${link%%:*}"; done

stty raw -echo </dev/ttyS1
exec 4>/dev/ttyS1
# Nothing is missing here, so no test may be skipped but for what this kernel cannot do.
export PGREC_REQUIRE_LIVE=1 PGREC_KERNEL_LANE=1 PGREC_TEST_PATIENCE=4
export PGREC=/job/pgrec PROGRAMS=/job/programs SAMPLES=/job/samples
export PGREC_CLUSTER_TEMPLATE=/var/lib/postgresql/template
cd /
echo "== kernel $(uname -r)" >&4
while read -r file name; do
  echo "== begin $file $name" >&4
  SECONDS=0 status=0
  timeout --kill-after=20 300 bash /job/tests/live/run_one.sh "$file" "test_$name" >/run/said 2>&1 </dev/null || status=$?
  sed 's/^/| /' /run/said >&4
  echo "== end $file $name $status $SECONDS" >&4
done </job/list
echo "== done" >&4
exec 4>&-
echo o >/proc/sysrq-trigger
sleep 60
