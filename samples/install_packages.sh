# Installs what the build and the samples need with the system's package manager. Sourced.

# To build pgrec, and the PostgreSQL that the samples and the live tests record.
build_packages=(g++ cmake ninja-build clang bpftool libbpf-dev libelf-dev libzstd-dev libsqlite3-dev
                libcli11-dev libpg-query-dev postgresql)

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
  # Who gets PostgreSQL only for this needs no server of its own running.
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  fi
  log=$(mktemp)
  if ! { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install \
    -o Dpkg::Options::=--force-confold "${missing[@]}"; } >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}
