# Installs what the build and the samples need with the system's package manager. Sourced.

# To build pgrec, and the PostgreSQL that the samples and the live tests record.
build_packages=(g++ cmake ninja-build clang bpftool libbpf-dev libelf-dev libdw-dev libzydis-dev libzstd-dev
                libsqlite3-dev libedit-dev libcli11-dev libfmt-dev postgresql)

# install_packages PACKAGE...: installs those that are missing. Fails with a line that names them where
# they cannot be installed.
install_packages() {
  local package missing=() log
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "installing: ${missing[*]}"
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "these packages are missing: ${missing[*]}" >&2
    echo "hint: install them as root: apt-get install ${missing[*]}" >&2
    return 1
  fi
  # Who gets PostgreSQL only for this needs no server of its own running; the setting is for this
  # installation only.
  local no_cluster=
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p /etc/postgresql-common
    no_cluster=/etc/postgresql-common/createcluster.conf
    echo 'create_main_cluster = false' >"$no_cluster"
  fi
  local failed=no
  log=$(mktemp)
  if ! { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install \
    -o Dpkg::Options::=--force-confold "${missing[@]}"; } >"$log" 2>&1; then
    cat "$log" >&2
    failed=yes
  fi
  rm -f "$log"
  if [ -n "$no_cluster" ]; then
    # The package may have put its own in place of it, or need its default.
    if grep -qx 'create_main_cluster = false' "$no_cluster"; then
      rm -f "$no_cluster"
      local default=/usr/share/postgresql-common/createcluster.conf
      if [ -e "$default" ]; then cp "$default" "$no_cluster"; fi
    fi
  fi
  [ "$failed" = no ]
}
