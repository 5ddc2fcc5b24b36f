-- +goose NO TRANSACTION
-- +goose Up

-- What sources said, append-only. Nothing is ever overwritten: what is current is a
-- question. Not partitioned, since a load touches few indices and the sorting key
-- begins with the index anyway.
CREATE TABLE IF NOT EXISTS {{local "observations"}}{{onCluster}}
(
    `index`           LowCardinality(String),
    `basis`           LowCardinality(String),
    `scheme`          LowCardinality(String),
    `unit`            LowCardinality(String) COMMENT 'full key, such as vn63:80',
    `unit_name`       LowCardinality(String) COMMENT 'as the document writes it',
    `unit_type`       LowCardinality(String),
    `parent`          LowCardinality(String),
    `period`          LowCardinality(String),
    `period_kind`     LowCardinality(String),
    `period_start`    Date,
    `period_end`      Date,
    `component`       LowCardinality(String) COMMENT 'empty: the total',
    `stage`           LowCardinality(String),
    `score`           Nullable(Decimal(18, 6)) CODEC(ZSTD(1)),
    `max`             Nullable(Decimal(18, 6)) CODEC(ZSTD(1)),
    `numerator`       Nullable(Decimal(18, 6)) CODEC(ZSTD(1)),
    `denominator`     Nullable(Decimal(18, 6)) CODEC(ZSTD(1)),
    `place`           Nullable(UInt16) CODEC(ZSTD(1)),
    `of`              Nullable(UInt16) CODEC(ZSTD(1)),
    `of_origin`       LowCardinality(String) COMMENT 'printed, edition or empty',
    `scope`           LowCardinality(String),
    `rank_kind`       LowCardinality(String),
    `status`          LowCardinality(String),
    `document`        LowCardinality(String) COMMENT 'what the fact is cited from',
    `carrier`         LowCardinality(String) COMMENT 'the file it was loaded from',
    `authority`       UInt8 CODEC(ZSTD(1)),
    `source`          LowCardinality(String) COMMENT 'series of documents that replace each other',
    `locator`         String CODEC(ZSTD(1)),
    `quote`           String CODEC(ZSTD(1)),
    `fact`            String COMMENT 'hash of what is measured, then of its content; 16 hex digits each' CODEC(ZSTD(1)),
    `observed_at`     DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    `observed_origin` LowCardinality(String) COMMENT 'document, edition or retrieved',
    `run`             LowCardinality(String),
    `loaded_at`       DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    INDEX `by_document` `document` TYPE bloom_filter GRANULARITY 4,
    INDEX `by_carrier` `carrier` TYPE bloom_filter GRANULARITY 4,
    INDEX `by_run` `run` TYPE bloom_filter GRANULARITY 4
)
ENGINE = {{engine "observations"}}
ORDER BY (`index`, `component`, `period_start`, `period_kind`, `unit`, `scope`, `observed_at`)
-- A chunk that is sent again after a lost connection is recognised by its token.
SETTINGS non_replicated_deduplication_window = 1000;

{{distributed "observations" "cityHash64(unit)"}}
