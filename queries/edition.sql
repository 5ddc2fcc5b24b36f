-- The preferred place (per scope) and the preferred score of every unit of one
-- or several editions, of the total or of components. Empty scheme, basis and
-- parent mean any; scopes are those in which places are wanted.
SELECT
    measure, unit, unit_name, unit_type, scheme, period, basis, component, scope,
    place, of, of_origin, rank_kind, score, max,
    status, document, authority, locator, observed_at, run
FROM observations
ARRAY JOIN ['place', 'score'] AS measure
WHERE `index` = {index:String}
  AND ({all_components:Bool} OR component IN {components:Array(String)})
  AND period_kind = {kind:String}
  AND period IN {periods:Array(String)}
  AND unit_type = {unit_type:String}
  AND stage = {stage:String}
  AND ({scheme:String} = '' OR scheme = {scheme:String})
  AND ({basis:String} = '' OR basis = {basis:String})
  AND ({parent:String} = '' OR parent = {parent:String})
  AND ((measure = 'place' AND place IS NOT NULL AND scope IN {scopes:Array(String)})
    OR (measure = 'score' AND score IS NOT NULL))
  AND status != 'review'
  AND observed_at <= {as_of:DateTime64(3, 'UTC')}
  AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})
ORDER BY
    unit, period_start, period, basis, component, measure, scope,
    if(measure = 'place', indexOf(['computed', 'derived'], rank_kind), 0),
    authority, observed_at DESC, loaded_at DESC, document, locator
LIMIT 1 BY unit, period, basis, component, measure, if(measure = 'place', scope, '')
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 5, max_threads = 1
