#!/bin/sh
# Installs what the tests drive and a newcomer's machine may lack: Chromium for the pages, poppler and
# tesseract for PDFs and scans, LibreOffice for old Word files and for slides, xmllint for their schemas. Says loudly what will be skipped where it may not.
set -eu
missing=
need() { # package, command that shows it is there
	command -v "$2" >/dev/null 2>&1 || missing="$missing $1"
}
command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || need chromium chromium
need poppler-utils pdftotext
need tesseract-ocr tesseract
need libreoffice-writer-nogui soffice
need libxml2-utils xmllint
# The program of slides has no command of its own.
if ! ls /usr/lib*/libreoffice/program/libsdlo.so /opt/libreoffice*/program/libsdlo.so 2>/dev/null | grep -q .; then
	missing="$missing libreoffice-impress-nogui"
fi
if command -v tesseract >/dev/null 2>&1; then
	tesseract --list-langs 2>/dev/null | grep -qx vie || missing="$missing tesseract-ocr-vie"
else
	missing="$missing tesseract-ocr-vie"
fi
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
	echo "Installing for the tests:$missing ..."
	apt-get update -qq
	# shellcheck disable=SC2086 -- a list of packages
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null && exit 0
fi
echo "=====================================================================" >&2
echo "  NOT INSTALLED:$missing" >&2
echo "  The tests that need them will be SKIPPED. Install them yourself, for instance:" >&2
echo "  sudo apt-get install$missing" >&2
echo "=====================================================================" >&2
[ -z "${CI:-}" ] || exit 1
