// Package store is the one door to ClickHouse: the embedded engine, a server or a
// cluster, by configuration alone and with one client.
//
// # Visibility
//
// ClickHouse has no transaction over tables. A run writes its rows first and its
// event "committed", with a revision, last; questions read the rows of committed
// runs only, by the condition Committed. What a run that ended otherwise left behind
// is removed by Sweep. Nothing is ever updated in place.
//
// # Failures
//
// Every call is bounded in time. Errors carry a kind of package reform where they
// have one, by the table in errors.go. While the engine restarts, a read waits for it
// up to RetryWithin and then fails with reform.ErrUnavailable; a write waits only
// where no byte of it was sent, since a write of unknown fate must be decided by its
// caller: a run that fails so is not committed, and is swept.
//
// # Clusters
//
// With Options.Cluster set, each table is local on every node, under the name
// <table>_local, and <table> is a Distributed table over them. Where the cluster has
// ClickHouse Keeper, migrations run ON CLUSTER and local tables are replicated. Where
// it has none, the DSN must name every node, and migrations run on each.
//
// What was run: a single node, embedded, over HTTP; and a cluster of two embedded
// engines without Keeper, over the native protocol and over HTTP. What could not be
// run where this was written, for want of a Keeper: ON CLUSTER statements and
// Replicated engines; tests check only the SQL that is made for them.
package store
