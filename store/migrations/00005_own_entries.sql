-- +goose NO TRANSACTION
-- +goose Up

-- What users enter themselves: targets, the office in charge of a component, notes on a
-- day. Append-only: a change is a new row of the same entry, a withdrawal is a row too.
-- Rows count once their run is committed, so that what was saved together becomes
-- visible together, and the revision rises with it.
CREATE TABLE IF NOT EXISTS {{local "own_entries"}}{{onCluster}}
(
    `id`         String COMMENT 'of the row',
    `entry`      String COMMENT 'what the row is about; the newest row of an entry counts',
    `kind`       LowCardinality(String) COMMENT 'target, owner, annotation',
    `index`      LowCardinality(String) COMMENT 'empty: all, of an annotation',
    `basis`      LowCardinality(String) COMMENT 'of an owner: codes of components mean something else under other rules',
    `unit`       LowCardinality(String) COMMENT 'empty: all, of an annotation',
    `component`  LowCardinality(String) COMMENT 'of an owner',
    `period`     LowCardinality(String) COMMENT 'of a target',
    `date`       String COMMENT 'ISO day of an annotation',
    `goal_place` UInt16 COMMENT '0: none',
    `goal_score` Nullable(Decimal(18, 6)),
    `office`     String,
    `text`       String CODEC(ZSTD(1)),
    `author`     String,
    `withdrawn`  Bool,
    `at`         DateTime64(6, 'UTC'),
    `run`        String
)
ENGINE = {{engine "own_entries"}}
ORDER BY (`kind`, `entry`, `at`);

{{distributed "own_entries" "cityHash64(entry)"}}
