#!/usr/bin/env bash
# boot.sh LANE KERNEL IMAGE BUILD FILE:TEST...: boots a kernel (tests/kernels/kernel.sh) on a disk (image.sh) in a
# virtual machine, and runs these tests of tests/live there, with the programs of BUILD. QEMU emulates the processors in
# software, so it needs neither KVM nor a machine of its own; it is 10 to 30 times slower.
#
# The machine writes what becomes of each test to a serial line of its own, as it happens, which is the file
# BUILD/LANE/results here; tests/kernels/result.sh reads one of them. So whatever ends the machine, what was tested
# until then is known, and what was not is not there. Nothing is said by the exit status but that the machine came up.
#
# Leaves BUILD/LANE/results and BUILD/LANE/console. PGREC_KERNEL_TIMEOUT: seconds after which the machine is ended,
# 1500 if it is not set. PGREC_KERNEL_OPTIONS: what else its command line has.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)

[ $# -ge 5 ] || { sed -n 2,3p "$0" >&2; exit 2; }
lane=$(realpath -m "$4/$1") kernel=$(realpath -m "$2") image=$(realpath -m "$3") build=$(realpath -m "$4")
shift 4
rm -rf "$lane"
mkdir -p "$lane/initrd"/{bin,dev,job/live,job/tests,mnt,proc,sys}
qemu=
clean_up() {
  if [ -n "$qemu" ]; then
    kill "$qemu" 2>/dev/null
    wait "$qemu" 2>/dev/null
  fi
  rm -rf "$lane/initrd" "$lane/initrd.cpio"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What the machine starts with is in memory: the way to its disk, and the tests with what they need.
for file in "$kernel/vmlinuz" "$kernel/modules.cpio" "$image"; do
  [ -e "$file" ] || { echo "boot.sh: there is no $file; tests/run.sh --kernels makes it" >&2; exit 1; }
done
cp /bin/busybox "$lane/initrd/bin/"
cp "$here/init.sh" "$lane/initrd/init"
cd "$lane/initrd/job"
cp "$here/run.sh" .
cp -r "$project/samples" "$project/docs" .
cp -r "$project/tests/live" tests/
mkdir programs
find "$build/tests/programs" -maxdepth 1 -type f -executable -exec cp -t programs {} +
strip -o pgrec "$build/pgrec"
printf '%s\n' "$@" | tr : ' ' >list
cd "$lane/initrd"
find . | cpio -o -H newc --quiet >../initrd.cpio
cat "$kernel/modules.cpio" >>../initrd.cpio
rm -rf "$lane/initrd"
cd "$lane"

# It ends when this script ends, however that ends.
TMPDIR=$lane setpriv --pdeathsig TERM timeout --kill-after=10 "${PGREC_KERNEL_TIMEOUT:-1500}" \
  setpriv --pdeathsig KILL nice qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m 2G \
  -nodefaults -no-user-config -display none -no-reboot -serial file:console -serial file:results \
  -kernel "$kernel/vmlinuz" -initrd initrd.cpio \
  -append "console=ttyS0 quiet panic=-1 mitigations=off nowatchdog tsc=unstable ${PGREC_KERNEL_OPTIONS:-}" \
  -drive "file=$image,if=virtio,format=raw,snapshot=on,cache=unsafe" </dev/null &
qemu=$!
status=0
wait "$qemu" || status=$?
qemu=
grep -a -m 1 '^== kernel ' results || {
  echo "the machine did not come up (status $status of QEMU, 124 where its time was up); its console said last:"
  tail -n 20 console
  exit 1
}
[ "$status" = 0 ] || echo "QEMU ended with status $status, 124 where its time was up"
grep -a '^== end ' results || true
