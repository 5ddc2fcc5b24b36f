package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"chiso/reform"
)

// topology says how statements that change tables reach every node.
type topology struct {
	cluster string   // "" is a single node
	keeper  bool     // statements travel ON CLUSTER, tables are replicated
	addrs   []string // nodes to speak to, one after the other; one empty string means "any"
}

// topology finds out, once, what the cluster can do.
func (db *DB) topology(ctx context.Context) (*topology, error) {
	db.nodesMu.Lock()
	defer db.nodesMu.Unlock()
	if db.nodes != nil {
		return db.nodes, nil
	}
	if db.cluster == "" {
		db.nodes = &topology{addrs: []string{""}}
		return db.nodes, nil
	}
	conn, err := db.outside("")
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }() // Nothing was written through it.
	var size uint64
	ctx, cancel := db.bound(ctx, db.read)
	defer cancel()
	row := conn.QueryRow(ctx, "SELECT count() FROM system.clusters WHERE cluster = {cluster:String}", Params{"cluster": db.cluster}.args()...)
	if err := row.Scan(&size); err != nil {
		return nil, wrap("read the cluster's nodes", err)
	}
	if size == 0 {
		return nil, fmt.Errorf("store: the server knows no cluster %q; correct clickhouse.cluster or the server's remote_servers: %w", db.cluster, reform.ErrInvalid)
	}
	topo := &topology{cluster: db.cluster}
	var connections uint64
	err = conn.QueryRow(ctx, "SELECT count() FROM system.zookeeper_connection").Scan(&connections)
	switch {
	case err == nil && connections > 0:
		topo.keeper, topo.addrs = true, []string{""}
	case err != nil && !isException(err):
		return nil, wrap("look for the cluster's Keeper", err)
	default:
		// An exception here says that no Keeper is configured.
		topo.addrs = slices.Compact(slices.Sorted(slices.Values(db.client.Addr)))
		if uint64(len(topo.addrs)) != size {
			return nil, fmt.Errorf("store: cluster %q has %d nodes and no Keeper, but clickhouse.dsn names %d; name every node in it, or give the cluster a Keeper: %w",
				db.cluster, size, len(topo.addrs), reform.ErrInvalid)
		}
	}
	db.nodes = topo
	return topo, nil
}

// each runs f on every node that must be spoken to, outside of our database.
func (t *topology) each(ctx context.Context, db *DB, f func(context.Context, driver.Conn) error) error {
	for _, addr := range t.addrs {
		err := db.retry(ctx, unsent, func() error {
			conn, err := db.outside(addr)
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close() }() // Each statement was acknowledged by itself.
			bctx, cancel := db.bound(ctx, db.write)
			defer cancel()
			return f(bctx, conn)
		})
		if err != nil {
			return wrap(strings.TrimSpace("speak to the server "+addr), err)
		}
	}
	return nil
}

func (t *topology) onCluster() string {
	if t.cluster == "" || !t.keeper {
		return ""
	}
	return " ON CLUSTER " + quoteName(t.cluster)
}

// local is the name of the table that holds a table's rows on each node.
func (t *topology) local(table string) string {
	if t.cluster == "" {
		return table
	}
	return table + "_local"
}

// engine is the engine of such a table.
func (t *topology) engine(database, table string) string {
	if t.cluster == "" || !t.keeper {
		return "MergeTree"
	}
	return fmt.Sprintf("ReplicatedMergeTree('/clickhouse/tables/{shard}/%s/%s', '{replica}')", database, t.local(table))
}

// distributed is the statement that makes the table over all nodes' local ones.
func (t *topology) distributed(database, table, key string) string {
	if t.cluster == "" {
		return ""
	}
	return fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s%s AS %s ENGINE = Distributed(%s, %s, %s, %s);",
		quoteName(table), t.onCluster(), quoteName(t.local(table)), quoteName(t.cluster), quoteName(database), quoteName(t.local(table)), key)
}
