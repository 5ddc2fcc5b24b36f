-- Everything that was ever said of one number, in all documents and revisions:
-- where it comes from, and what it was before.
SELECT
    `index`, basis, unit, unit_name, unit_type, period, component, stage,
    score, max, numerator, denominator, place, of, of_origin, scope, rank_kind,
    status, observed_at, locator, quote,
    document, carrier, authority, run, loaded_at, fact
FROM observations
WHERE `index` = {index:String}
  AND component = {component:String}
  AND period = {period:String}
  AND period_kind = {kind:String}
  AND unit IN {units:Array(String)}
  AND stage = {stage:String}
  AND ({basis:String} = '' OR basis = {basis:String})
  AND ({scope:String} = '' OR place IS NULL OR scope = {scope:String})
  AND status != 'review'
  AND observed_at <= {as_of:DateTime64(3, 'UTC')}
  AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})
ORDER BY authority, observed_at DESC, loaded_at DESC, document, locator
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 5, max_threads = 1
