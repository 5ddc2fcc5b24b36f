-- The preferred place and score of one unit (with the keys of its line) in its
-- newest periods of every index.
SELECT
    measure, unit, unit_name, unit_type, scheme, period, basis, component, scope,
    place, of, of_origin, rank_kind, score, max,
    status, document, authority, locator, observed_at, run,
    `index`
FROM observations
ARRAY JOIN ['place', 'score'] AS measure
WHERE component = ''
  AND unit IN {units:Array(String)}
  AND stage = ''
  AND ((measure = 'place' AND place IS NOT NULL AND scope = {scope:String})
    OR (measure = 'score' AND score IS NOT NULL))
  AND status != 'review'
  AND observed_at <= {as_of:DateTime64(3, 'UTC')}
  AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})
ORDER BY
    `index`, period_kind, period_end DESC, period_start DESC, unit, basis, measure,
    if(measure = 'place', indexOf(['computed', 'derived'], rank_kind), 0),
    authority, observed_at DESC, loaded_at DESC, document, locator
LIMIT 1 BY `index`, period_kind, period, unit, basis, measure
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 5, max_threads = 1
