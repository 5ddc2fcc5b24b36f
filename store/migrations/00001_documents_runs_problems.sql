-- +goose NO TRANSACTION
-- +goose Up

-- Append-only: a document that is fetched again adds a row with a newer retrieved_at.
-- Readers take the newest row of an id among committed runs.
CREATE TABLE IF NOT EXISTS {{local "documents"}}{{onCluster}}
(
    `id`               String COMMENT 'hex SHA-256 of the bytes, or of the canonical citation',
    `held`             Bool COMMENT 'the bytes are in the raw archive',
    `kind`             LowCardinality(String),
    `source`           LowCardinality(String) COMMENT 'series of documents that replace each other',
    `title`            String CODEC(ZSTD(1)),
    `issuer`           String CODEC(ZSTD(1)),
    `number`           String,
    `date`             String COMMENT 'of publication: ISO day, month or year, as far as known',
    `published`        Nullable(Date) COMMENT 'date, where the day is known',
    `published_origin` LowCardinality(String) COMMENT 'document, edition or empty',
    `url`              String CODEC(ZSTD(1)),
    `file_name`        String,
    `mime`             LowCardinality(String),
    `size`             UInt64,
    `authority`        UInt8,
    `retrieved_at`     DateTime64(3, 'UTC'),
    `run`              String
)
ENGINE = {{engine "documents"}}
ORDER BY (`id`, `retrieved_at`);

{{distributed "documents" "cityHash64(id)"}}

-- One row per event of a run. A run whose event 'committed' is there, with its rev, is
-- visible; no other is.
CREATE TABLE IF NOT EXISTS {{local "runs"}}{{onCluster}}
(
    `run`        String,
    `event`      LowCardinality(String) COMMENT 'started, committed, refused, failed',
    `source`     LowCardinality(String),
    `kind`       LowCardinality(String),
    `document`   String,
    `host`       LowCardinality(String),
    `pid`        UInt32,
    `process`    String COMMENT 'when the owning process began, so that a reused pid is seen',
    `rev`        UInt64 COMMENT 'unix microseconds, of committed only',
    `facts`      UInt64,
    `revisions`  UInt64,
    `duplicates` UInt64,
    `problems`   UInt64,
    `conflicts`  UInt64,
    `message`    String CODEC(ZSTD(1)),
    `at`         DateTime64(6, 'UTC')
)
ENGINE = {{engine "runs"}}
ORDER BY (`run`, `at`);

{{distributed "runs" "cityHash64(run)"}}

CREATE TABLE IF NOT EXISTS {{local "problems"}}{{onCluster}}
(
    `run`      String,
    `document` String,
    `kind`     LowCardinality(String) COMMENT 'stable name, such as unknown-unit',
    `severity` LowCardinality(String) COMMENT 'error or warning',
    `field`    LowCardinality(String) COMMENT 'what was being read',
    `file`     String,
    `place`    String COMMENT 'sheet and cell, line, page',
    `text`     String COMMENT 'a sentence for a person, English' CODEC(ZSTD(1)),
    `text_vi`  String COMMENT 'the same in Vietnamese' CODEC(ZSTD(1)),
    `value`    String COMMENT 'the text as found' CODEC(ZSTD(1)),
    `at`       DateTime64(6, 'UTC')
)
ENGINE = {{engine "problems"}}
ORDER BY (`document`, `run`, `at`);

{{distributed "problems" "cityHash64(document)"}}
