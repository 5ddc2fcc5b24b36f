-- The preferred scores of first-level components of one unit (with the keys of its
-- line) in every index and period.
SELECT
    measure, unit, unit_name, unit_type, scheme, period, basis, component, scope,
    place, of, of_origin, rank_kind, score, max,
    status, document, authority, locator, observed_at, run,
    `index`
FROM observations
ARRAY JOIN ['score'] AS measure
WHERE unit IN {units:Array(String)}
  AND component IN {components:Array(String)}
  AND stage = ''
  AND score IS NOT NULL
  AND status != 'review'
  AND observed_at <= {as_of:DateTime64(3, 'UTC')}
  AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})
ORDER BY
    `index`, period_kind, period_end DESC, period_start DESC, unit, basis, component,
    authority, observed_at DESC, loaded_at DESC, document, locator
LIMIT 1 BY `index`, period_kind, period, unit, basis, component
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 5, max_threads = 1
