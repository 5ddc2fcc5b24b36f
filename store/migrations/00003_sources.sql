-- +goose NO TRANSACTION
-- +goose Up

-- The sources as the scheduler knows them; the newest row of a name counts. They stand
-- here and not only in the configuration, so that every instance and every command shows
-- the same list, also where it has another configuration.
CREATE TABLE IF NOT EXISTS {{local "sources"}}{{onCluster}}
(
    `source`     String,
    `kind`       LowCardinality(String),
    `location`   String COMMENT 'address or folder, without a password',
    `schedule`   String,
    `season`     String COMMENT 'days of the year in which it runs, such as 04-01..06-30; empty: all',
    `enabled`    Bool,
    `removed`    Bool COMMENT 'no longer in the configuration',
    `since`      DateTime64(6, 'UTC') COMMENT 'when the source was first seen',
    `next`       Nullable(DateTime64(6, 'UTC')),
    `overdue_at` Nullable(DateTime64(6, 'UTC')) COMMENT 'from when on it is late, if nothing succeeds before',
    `instance`   String,
    `at`         DateTime64(6, 'UTC')
)
ENGINE = {{engine "sources"}}
ORDER BY (`source`, `at`);

{{distributed "sources" "cityHash64(source)"}}

-- One row per event of an attempt to read a source. An attempt that has begun and not
-- ended is under way, or its process is gone.
CREATE TABLE IF NOT EXISTS {{local "source_runs"}}{{onCluster}}
(
    `attempt`    String,
    `source`     String,
    `kind`       LowCardinality(String),
    `event`      LowCardinality(String) COMMENT 'started, ended, withdrawn',
    `cause`      LowCardinality(String) COMMENT 'schedule, catch-up, person',
    `state`      LowCardinality(String) COMMENT 'of ended: done, unchanged, set-aside, refused, failed, timeout, interrupted',
    `runs`       Array(String) COMMENT 'the loads of its documents',
    `documents`  UInt64,
    `facts`      UInt64,
    `revisions`  UInt64,
    `duplicates` UInt64,
    `conflicts`  UInt64,
    `problems`   UInt64,
    `message_vi` String CODEC(ZSTD(1)),
    `message_en` String CODEC(ZSTD(1)),
    `newest`     Nullable(DateTime64(3, 'UTC')) COMMENT 'newest observed_at of the facts of its documents',
    `due`        Nullable(DateTime64(6, 'UTC')) COMMENT 'the moment of the schedule that it answers to',
    `next`       Nullable(DateTime64(6, 'UTC')),
    `overdue_at` Nullable(DateTime64(6, 'UTC')),
    `started_at` DateTime64(6, 'UTC'),
    `deadline`   DateTime64(6, 'UTC') COMMENT 'after which an attempt of another machine counts as dead',
    `instance`   String,
    `host`       LowCardinality(String),
    `pid`        UInt32,
    `process`    String COMMENT 'when the owning process began, so that a reused pid is seen',
    `at`         DateTime64(6, 'UTC')
)
ENGINE = {{engine "source_runs"}}
ORDER BY (`source`, `attempt`, `at`);

{{distributed "source_runs" "cityHash64(source)"}}

-- Which instance schedules. They are of no interest after a week.
CREATE TABLE IF NOT EXISTS {{local "heartbeats"}}{{onCluster}}
(
    `instance` String,
    `event`    LowCardinality(String) COMMENT 'alive, stopped',
    `host`     LowCardinality(String),
    `pid`      UInt32,
    `process`  String,
    `at`       DateTime64(6, 'UTC')
)
ENGINE = {{engine "heartbeats"}}
ORDER BY (`at`, `instance`)
TTL toDateTime(`at`) + INTERVAL 7 DAY;

{{distributed "heartbeats" "cityHash64(instance)"}}

-- What the checks after a run found. A row of the code 'checked' says that a run was
-- checked, and how many findings there are.
CREATE TABLE IF NOT EXISTS {{local "checks"}}{{onCluster}}
(
    `run`       String,
    `code`      LowCardinality(String),
    `severity`  LowCardinality(String) COMMENT 'info or warning',
    `index`     LowCardinality(String),
    `basis`     LowCardinality(String),
    `period`    LowCardinality(String),
    `unit`      String COMMENT 'empty: the whole edition',
    `component` LowCardinality(String),
    `text_vi`   String CODEC(ZSTD(1)),
    `text_en`   String CODEC(ZSTD(1)),
    `numbers`   Array(String) COMMENT 'the numbers of the sentence, exact',
    `document`  String,
    `position`  UInt32 COMMENT 'order within the run',
    `at`        DateTime64(6, 'UTC')
)
ENGINE = {{engine "checks"}}
ORDER BY (`run`, `position`, `code`);

{{distributed "checks" "cityHash64(run)"}}
