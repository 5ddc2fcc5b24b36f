-- +goose NO TRANSACTION
-- +goose Up

-- Why a candidate for review is unsure; empty for every other fact.
ALTER TABLE {{local "observations"}}{{onCluster}} ADD COLUMN IF NOT EXISTS `note` String CODEC(ZSTD(1));
ALTER TABLE `observations`{{onCluster}} ADD COLUMN IF NOT EXISTS `note` String;

-- What people decided, append-only. A decision counts once the run of its document is
-- committed: so it and the number that follows from it become visible at once. The
-- columns before body are there to be searched.
CREATE TABLE IF NOT EXISTS {{local "decisions"}}{{onCluster}}
(
    `id`        String,
    `action`    LowCardinality(String) COMMENT 'accept, correct, reject, settle, reopen',
    `candidate` String COMMENT 'empty: the decision is about a number',
    `index`     LowCardinality(String),
    `basis`     LowCardinality(String),
    `unit`      LowCardinality(String),
    `period`    LowCardinality(String),
    `component` LowCardinality(String),
    `stage`     LowCardinality(String),
    `scope`     LowCardinality(String) COMMENT 'of a place',
    `measure`   LowCardinality(String) COMMENT 'score or place; empty: a whole candidate',
    `author`    String,
    `document`  String COMMENT 'the decision itself, as it is held in the raw archive',
    `body`      String COMMENT 'its JSON: values before and after, reason, where the number stands' CODEC(ZSTD(1)),
    `at`        DateTime64(6, 'UTC')
)
ENGINE = {{engine "decisions"}}
ORDER BY (`candidate`, `index`, `unit`, `at`);

{{distributed "decisions" "cityHash64(id)"}}
