-- Values that replace others of the same series of documents, over all runs, the newest
-- first: as revisions.sql, of the newest runs that say that they changed something of the index.
WITH changing AS
(
    SELECT run FROM runs
    WHERE event = 'committed' AND revisions > 0 AND rev <= {rev:UInt64}
      -- An hourly poll of one index must not push the rare revisions of another out of the list.
      AND ({index:String} = '' OR run GLOBAL IN
        (
            SELECT run
            FROM observations
            WHERE `index` = {index:String}
              AND status != 'review'
              AND observed_at <= {as_of:DateTime64(3, 'UTC')}
              AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})
        ))
    ORDER BY rev DESC
    LIMIT 500
)
SELECT
    `index`, basis, unit, period, component, stage, scope,
    score, place, of, before.1 AS old_score, before.2 AS old_place, before.3 AS old_of,
    run, document, observed_at, loaded_at, before.4 AS old_observed, count() OVER () AS total
FROM
(
    SELECT
        *,
        row_number() OVER series AS nth,
        lagInFrame((score, place, of, observed_at)) OVER series AS before
    FROM observations
    WHERE (`index`, component, period_start, period, unit) GLOBAL IN
        (
            SELECT `index`, component, period_start, period, unit
            FROM observations
            WHERE run GLOBAL IN (SELECT run FROM changing)
              AND ({index:String} = '' OR `index` = {index:String})
              AND status != 'review'
              AND observed_at <= {as_of:DateTime64(3, 'UTC')}
              AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})
        )
      AND status != 'review'
      AND observed_at <= {as_of:DateTime64(3, 'UTC')}
      AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})
    WINDOW series AS (
        PARTITION BY `index`, unit, period, basis, component, stage, scope, source, if(carrier = '' OR carrier = document, '', document),
            place IS NULL, score IS NULL
        ORDER BY loaded_at, observed_at
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
)
WHERE nth > 1
  AND run GLOBAL IN (SELECT run FROM changing)
  AND (NOT isNotDistinctFrom(score, old_score) OR NOT isNotDistinctFrom(place, old_place) OR NOT isNotDistinctFrom(of, old_of))
ORDER BY loaded_at DESC, `index`, period_start DESC, period DESC, component, unit, scope
LIMIT {limit:UInt64} OFFSET {offset:UInt64}
SETTINGS max_execution_time = 10
