// Package engine runs the embedded ClickHouse as a child process.
//
// The npm package @chdb/lib-<platform> ships libchdb.so: the whole ClickHouse
// engine in one shared library. Main, the body of the hidden command
// "chiso engine", loads it without cgo and becomes a clickhouse-local that opens
// ClickHouse's own HTTP interface on a loopback port. Supervisor starts such a
// child, restarts it when it dies, and ends it with its parent. Whoever speaks to
// it does so through package store, with the same client that speaks to a server.
//
// # Files
//
// In the data directory, all of them readable by the owner only:
//
//	engine.lock            held (flock) by the supervisor and inherited by the child, so that
//	                       it stays held until the last of the two is gone
//	engine.json            address, user, password and pids of the running engine; see Attach
//	engine/config.xml      what the child was started with
//	engine/users.xml       the two users: see below
//	engine/clickhouse.log  warnings, rotated
//	clickhouse/            ClickHouse's own data
//
// # Access
//
// Clients speak to a gate in the supervisor, on a random port of 127.0.0.1, that lets
// a connection through to ClickHouse only when its first request carries the user
// "app" and the password, which is made at each start of the supervisor and stored only
// as a hash in users.xml and, for other commands of the same owner, in engine.json. The
// gate is there because ClickHouse's embedded form must not be spoken to by strangers:
// one byte and a hang-up end the process (measured with 26.7), over HTTP as over its
// native protocol. It costs some hundredths of a millisecond, and it keeps the port
// and waits a moment while the engine restarts.
//
// Behind it ClickHouse listens, HTTP only, on a port of a random address of
// 127.0.0.0/8 where the system has one (Linux), else of 127.0.0.1. A local process that
// finds it can log in there as "default", which a clickhouse-local session runs as,
// without a password. It is left with one right, SYSTEM LISTEN, which is what the
// session needs to open the port: it reads no table, no file and no system table. What
// it can still do is compute constants, close the port, or end the process by a broken
// request; the supervisor notices within about a second and starts the engine anew.
//
// # Ending
//
// The child watches its standard input, whose other end the supervisor holds, and
// ends when that closes: so it never outlives its parent, however that ended. A
// terminal's Ctrl-C does not reach the child, which has its own process group: the
// web server drains first and then stops it. A service manager should do the same
// (systemd: KillMode=mixed).
//
// The engine needs Linux or macOS on amd64 or arm64. Elsewhere the package builds,
// and says that a server is needed.
package engine
