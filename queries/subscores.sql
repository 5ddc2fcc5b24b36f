-- What is known of one unit (under every key of its line) in one period: the
-- preferred place per scope and the preferred score of every component.
SELECT
    measure, unit, unit_name, unit_type, scheme, period, basis, component, scope,
    place, of, of_origin, rank_kind, score, max,
    status, document, authority, locator, observed_at, run
FROM observations
ARRAY JOIN ['place', 'score'] AS measure
WHERE `index` = {index:String}
  AND period_kind = {kind:String}
  AND period = {period:String}
  AND unit IN {units:Array(String)}
  AND stage = {stage:String}
  AND ({basis:String} = '' OR basis = {basis:String})
  AND ((measure = 'place' AND place IS NOT NULL AND scope IN {scopes:Array(String)})
    OR (measure = 'score' AND score IS NOT NULL))
  AND status != 'review'
  AND observed_at <= {as_of:DateTime64(3, 'UTC')}
  AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})
ORDER BY
    unit, basis, component, measure, scope,
    if(measure = 'place', indexOf(['computed', 'derived'], rank_kind), 0),
    authority, observed_at DESC, loaded_at DESC, document, locator
LIMIT 1 BY unit, basis, component, measure, if(measure = 'place', scope, '')
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 5, max_threads = 1
