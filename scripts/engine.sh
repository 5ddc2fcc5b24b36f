#!/bin/sh
# Makes sure that the embedded ClickHouse of this platform is in node_modules. package-lock.json
# pins the one for Linux on x64; npm leaves out the others, so they are asked for by name here.
set -eu
version=$(node -p "require('./package.json').optionalDependencies['@chdb/lib-linux-x64-gnu']")
case "$(uname -s)-$(uname -m)" in
	Linux-x86_64) name=linux-x64-gnu ;;
	Linux-aarch64 | Linux-arm64) name=linux-arm64-gnu ;;
	Darwin-arm64) name=darwin-arm64 ;;
	Darwin-x86_64) name=darwin-x64 ;;
	*)
		echo "There is no embedded ClickHouse for $(uname -s) on $(uname -m): set clickhouse.dsn to a server (docs/server.md)." >&2
		exit 0
		;;
esac
[ -e "node_modules/@chdb/lib-$name/libchdb.so" ] && exit 0
echo "Fetching the embedded ClickHouse for $name (about 150 MB; once) ..."
npm install --no-save --no-audit --no-fund --loglevel=error "@chdb/lib-$name@$version" || {
	echo "The engine could not be fetched. chiso can still use a server: set clickhouse.dsn (docs/server.md)." >&2
	exit 0
}
