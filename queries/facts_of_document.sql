-- One page of the facts that cite a document or were read from it, with how many
-- there are in all.
SELECT
    `index`, basis, unit, unit_name, unit_type, period, component, stage,
    score, max, numerator, denominator, place, of, of_origin, scope, rank_kind,
    status, observed_at, locator, quote,
    document, carrier, authority, run, loaded_at, fact,
    count() OVER () AS total
FROM observations
WHERE (document = {document:String} OR carrier = {document:String})
  AND status != 'review'
  AND observed_at <= {as_of:DateTime64(3, 'UTC')}
  AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})
ORDER BY `index`, period_start, period, unit, component, scope, fact, loaded_at
LIMIT {limit:UInt64} OFFSET {offset:UInt64}
SETTINGS max_execution_time = 10
