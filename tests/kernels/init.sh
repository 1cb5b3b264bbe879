#!/bin/busybox sh
# The first process of a virtual machine that boot.sh starts: finds the disk, and goes on there with run.sh. Where
# something fails it ends, and with it the machine.
/bin/busybox --install -s /bin
export PATH=/bin
set -e
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
while read -r module; do insmod "/lib/modules/$module.ko"; done </lib/modules/order
tries=0
while [ ! -b /dev/vda ] && [ $tries -lt 100 ]; do
  sleep 0.1
  tries=$((tries + 1))
done
mount -t ext4 /dev/vda /mnt
ip link set lo up
mount --move /dev /mnt/dev
mount --move /proc /mnt/proc
mount --move /sys /mnt/sys
cp -r /job /mnt/job
exec switch_root /mnt /bin/bash /job/run.sh
