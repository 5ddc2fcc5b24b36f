// Package migrations holds the schema, as numbered SQL files that only go forward.
//
// A file is a template, so that one text serves a single node and a cluster:
//
//	{{local "t"}}             the table that holds rows: t, or t_local in a cluster
//	{{onCluster}}             ON CLUSTER clause, or nothing
//	{{engine "t"}}            MergeTree, or its Replicated form where the cluster has Keeper
//	{{distributed "t" "k"}}   in a cluster the table t over all t_local, sharded by k; else nothing
//
// ClickHouse has no transaction over statements, and two processes may migrate at
// once: so every statement must be harmless when it is run again (IF NOT EXISTS, ADD
// COLUMN IF NOT EXISTS). A test runs every file twice.
package migrations

import "embed"

// FS holds the files.
//
//go:embed *.sql
var FS embed.FS
