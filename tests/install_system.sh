#!/usr/bin/env bash
# Installs the programs that some tests run against, where apt-get exists and rights allow it without asking.
# What cannot be installed is named, and the tests that need it say so themselves: this script always succeeds.

# package=program or file by which it is recognised
packages="
  chromium=chromium
  dcmtk=dcmdump
  dicom3tools=dciodvfy
  libreoffice-calc-nogui=/usr/lib/libreoffice/program/libsclo.so
  libreoffice-writer-nogui=/usr/lib/libreoffice/program/libswlo.so
  orthanc=Orthanc
  orthanc-dicomweb=/usr/share/orthanc/plugins/libOrthancDicomWeb.so
"

missing() {
  for entry in $packages; do
    command -v "${entry#*=}" >/dev/null 2>&1 || [ -e "${entry#*=}" ] || printf '%s ' "${entry%%=*}"
  done
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

wanted=$(missing)
[ -z "$wanted" ] && exit 0

if command -v apt-get >/dev/null 2>&1 && as_root true >/dev/null 2>&1; then
  echo "Installing for the tests: $wanted"
  as_root apt-get update -qq >/dev/null 2>&1
  for package in $wanted; do
    # One by one, so that a package unknown here does not keep the others away.
    as_root env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1
  done
fi

wanted=$(missing)
[ -z "$wanted" ] || echo "Not installed, so tests that need them are left out: $wanted"
exit 0
