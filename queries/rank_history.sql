-- The preferred place and the preferred score of each unit, period and basis:
-- at most one row with measure 'place' and one with measure 'score'.
SELECT
    measure, unit, unit_name, unit_type, scheme, period, basis, component, scope,
    place, of, of_origin, rank_kind, score, max,
    status, document, authority, locator, observed_at, run
FROM observations
ARRAY JOIN ['place', 'score'] AS measure
WHERE `index` = {index:String}
  AND component = {component:String}
  AND unit IN {units:Array(String)}
  AND stage = {stage:String}
  AND period_kind = {kind:String}
  AND ({basis:String} = '' OR basis = {basis:String})
  AND ((measure = 'place' AND place IS NOT NULL AND scope = {scope:String})
    OR (measure = 'score' AND score IS NOT NULL))
  AND status != 'review'
  AND observed_at <= {as_of:DateTime64(3, 'UTC')}
  AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})
ORDER BY
    unit, period_start, period, basis, measure,
    if(measure = 'place', indexOf(['computed', 'derived'], rank_kind), 0),
    authority, observed_at DESC, loaded_at DESC, document, locator
LIMIT 1 BY unit, period, basis, measure
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 5, max_threads = 1
