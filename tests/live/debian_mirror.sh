# Where packages of Debian's releases come from. Sourced; who does has a `refuse PROBLEM HINT`, which ends it.

# find_mirror: leaves in $mirror the one in the machine's own apt configuration, or PGREC_DEBIAN_MIRROR
find_mirror() {
  mirror=${PGREC_DEBIAN_MIRROR:-}
  [ -z "$mirror" ] || return 0
  # A suite of updates or of security fixes would not do.
  mirror=$(apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
    awk '$1 == "Debian" && $2 == "main" && $3 !~ /-/ && !found++ { print $4 }')
  [ -n "$mirror" ] || refuse "apt knows no mirror of Debian" "name one: PGREC_DEBIAN_MIRROR=http://..."
}

# find_release VERSION: leaves in $release that of Debian which has this major version of PostgreSQL
find_release() {
  case $1 in
    13) release=bullseye ;;
    15) release=bookworm ;;
    17) release=trixie ;;
    18) release=sid ;;
    *) refuse "no release of Debian has PostgreSQL $1" "there are 13, 15, 17 and 18" ;;
  esac
}

# debian_sources DIRECTORY RELEASE MIRROR: an apt configuration in DIRECTORY/apt that has the packages of this release
# and their sources, so the machine's own stays as it is
debian_sources() {
  local kind
  rm -rf "$1/apt"
  mkdir -p "$1/apt/lists/partial" "$1/apt/archives/partial"
  for kind in deb deb-src; do
    echo "$kind [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $3 $2 main"
  done >"$1/apt/sources.list"
  debian_get "$1" update
}

# debian_get DIRECTORY ARGUMENT...: apt-get with that configuration; what it says goes to DIRECTORY/log
debian_get() {
  local directory=$1
  shift
  apt-get -q -o Dir::Etc::SourceList="$directory/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State::Lists="$directory/apt/lists" -o Dir::Cache="$directory/apt" -o APT::Sandbox::User= "$@" \
    >>"$directory/log" 2>&1 || {
    tail -n 20 "$directory/log" >&2
    refuse "apt-get $* failed; $directory/log has what it said" \
      "another mirror may have it: PGREC_DEBIAN_MIRROR; a release signed by a key that is not here needs a newer debian-archive-keyring"
  }
}
