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
// A clickhouse-local session runs as the user "default", without a password, and
// so any local process could log in as it. It is left with one right, SYSTEM
// LISTEN, which is what the session needs to open the port: it reads no table, no
// file and no system table. What it can still do is compute constants and
// close the port; the supervisor notices a closed port within about two seconds and
// starts the engine anew. All work is done by the user "app", whose password is
// made at each start of the supervisor and stored only as a hash in users.xml and,
// for other commands of the same owner, in engine.json. Only HTTP is opened:
// garbage on ClickHouse's native port ends the process, HTTP survives it.
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
