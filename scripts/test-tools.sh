#!/bin/sh
# Installs what the tests drive and a newcomer's machine may lack: Chromium for the browser
# tests, poppler and xmllint for exports. Says loudly what will be skipped where it may not.
set -eu
missing=
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing="chromium"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
	echo "Installing $missing for the browser tests ..."
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null && exit 0
fi
echo "=====================================================================" >&2
echo "  NOT INSTALLED: $missing. The browser tests will be SKIPPED." >&2
echo "  Install it yourself, for instance: sudo apt-get install $missing" >&2
echo "=====================================================================" >&2
[ -z "${CI:-}" ] || exit 1
