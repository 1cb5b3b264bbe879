# Where packages of Debian's releases come from. Sourced.

# debian_mirror: the mirror in the machine's own apt configuration, or PGREC_DEBIAN_MIRROR; nothing where there
# is neither
debian_mirror() {
  if [ -n "${PGREC_DEBIAN_MIRROR:-}" ]; then
    echo "$PGREC_DEBIAN_MIRROR"
    return
  fi
  # A suite of updates or of security fixes would not do.
  apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
    awk '$1 == "Debian" && $2 == "main" && $3 !~ /-/ && !found++ { print $4 }'
}
