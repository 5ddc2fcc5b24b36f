package store_test

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chiso/reform"
	"chiso/store"
	"chiso/store/engine"
	"chiso/store/storetest"
)

// twoNodes starts two engines that know each other as the cluster "pair", without
// Keeper, and returns a DSN that names both, for each protocol.
func twoNodes(t *testing.T) (native, http string) {
	t.Helper()
	const password = "only-of-this-test"
	var ports [2]int
	for i := range ports {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ports[i] = ln.Addr().(*net.TCPAddr).Port
		if err := ln.Close(); err != nil {
			t.Fatal(err)
		}
	}
	config := "<remote_servers><pair><secret>between-the-two</secret>"
	for _, port := range ports {
		config += fmt.Sprintf("<shard><internal_replication>true</internal_replication><replica><host>127.0.0.1</host><port>%d</port></replica></shard>", port)
	}
	config += "</pair></remote_servers>"
	var addrs [2]string
	for i, port := range ports {
		opts := storetest.EngineOptions(t, t.TempDir())
		opts.ExtraConfig, opts.TCPPort, opts.Password = config, port, password
		sup, err := engine.Start(t.Context(), opts)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(sup.Stop)
		addrs[i] = sup.Address().Addr
	}
	return fmt.Sprintf("clickhouse://app:%s@127.0.0.1:%d,127.0.0.1:%d/chiso", password, ports[0], ports[1]),
		fmt.Sprintf("http://app:%s@%s,%s/chiso", password, addrs[0], addrs[1])
}

// One schema, one code, two shards: what is put in at one node is asked for at both.
func TestCluster(t *testing.T) {
	native, http := twoNodes(t)
	for i, dsn := range []string{native, http} {
		name := []string{"native", "http"}[i]
		t.Run(name, func(t *testing.T) {
			db := open(t, store.Options{DSN: dsn, Cluster: "pair", Database: "chiso_" + name})
			for _, from := range []int64{0, store.LatestVersion()} {
				if got, to, err := db.Migrate(t.Context()); err != nil || got != from || to != store.LatestVersion() {
					t.Fatalf("migrate: got %d to %d, %v, want %d to %d", got, to, err, from, store.LatestVersion())
				}
			}
			var facts []reform.Fact
			for i := range 63 {
				f := longAn
				f.Unit = reform.UnitKey(fmt.Sprintf("vn63:%02d", i+1))
				f.Place = i + 1
				facts = append(facts, f)
			}
			first := commit(t, db, load(t, db, facts...))
			load(t, db, facts...) // Not committed.
			if _, err := db.Refuse(t.Context(), load(t, db, facts...)); err != nil {
				t.Fatal(err)
			}
			if err := db.PutDocument(t.Context(), reform.Document{ID: "a", Run: first.ID, RetrievedAt: origin.ObservedAt}); err != nil {
				t.Fatal(err)
			}
			// Each node alone holds a part, and each node answers for both.
			hosts := strings.Split(dsn[strings.Index(dsn, "@")+1:strings.LastIndex(dsn, "/")], ",")
			whole := 0
			for _, host := range hosts {
				one := open(t, store.Options{DSN: dsn[:strings.Index(dsn, "@")+1] + host, Cluster: "pair", Database: "chiso_" + name})
				if got := visible(t, one, 0); got != "63" {
					t.Errorf("node %s sees %s facts, want 63", host, got)
				}
				if got := visible(t, one, first.Rev-1); got != "0" {
					t.Errorf("node %s sees %s facts before the revision, want 0", host, got)
				}
				var part int
				if _, err := fmt.Sscan(column(t, one, "SELECT toString(count()) FROM observations_local", nil)[0], &part); err != nil {
					t.Fatal(err)
				}
				if part == 0 || part == 3*63 {
					t.Errorf("node %s holds %d rows of %d: nothing is shared out", host, part, 3*63)
				}
				whole += part
			}
			if whole != 3*63 {
				t.Errorf("both nodes hold %d rows, want %d", whole, 3*63)
			}
			if loaded, err := db.DocumentLoaded(t.Context(), first.Document); err != nil || !loaded {
				t.Errorf("document: got %v, %v, want true", loaded, err)
			}
			// The sweep reaches both nodes. The run that is still open is this process's own.
			if _, err := db.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			got := column(t, db, "SELECT toString(count()) FROM observations", nil)
			if diff := cmp.Diff([]string{"126"}, got); diff != "" {
				t.Errorf("rows after the sweep (-want +got):\n%s", diff)
			}
			if err := db.Drop(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestClusterRefuses(t *testing.T) {
	native, _ := twoNodes(t)
	one := native[:strings.Index(native, ",")] + "/chiso"
	for _, tt := range []struct{ name, dsn, cluster, want string }{
		{"unknown cluster", native, "nobody", `no cluster "nobody"`},
		{"a node is missing", one, "pair", "name every node"},
	} {
		_, _, err := open(t, store.Options{DSN: tt.dsn, Cluster: tt.cluster}).Migrate(t.Context())
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q in it", tt.name, err, tt.want)
		}
	}
}

// Without a Keeper here, the SQL for a cluster that has one is at least looked at.
func TestSQLForKeeper(t *testing.T) {
	sql := store.RenderForTest(t, "pair", true, "chiso")
	for _, want := range []string{
		"CREATE TABLE IF NOT EXISTS `observations_local` ON CLUSTER `pair`",
		"ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/chiso/observations_local', '{replica}')",
		"CREATE TABLE IF NOT EXISTS `runs` ON CLUSTER `pair` AS `runs_local` ENGINE = Distributed(`pair`, `chiso`, `runs_local`, cityHash64(run));",
		"ALTER TABLE `observations_local` ON CLUSTER `pair` ADD PROJECTION IF NOT EXISTS `live`",
	} {
		if !strings.Contains(sql, want) {
			t.Errorf("%q is not in the migrations", want)
		}
	}
	if sql := store.RenderForTest(t, "", false, "chiso"); strings.Contains(sql, "Distributed") || strings.Contains(sql, "CLUSTER") || strings.Contains(sql, "{{") {
		t.Errorf("the migrations of a single node speak of a cluster:\n%s", sql)
	}
}
