-- The periods of the live index of which totals are known, of one type of unit. Without
-- units, those of the type below the parent.
SELECT
    period, basis, scheme,
    uniqExact(unit) AS units,
    -- Of the best source: what a paper says later is not the newest reading.
    max((255 - authority, observed_at)).2 AS newest
FROM observations
WHERE `index` = {index:String}
  AND component = ''
  AND unit_type = {unit_type:String}
  AND (empty({units:Array(String)}) OR unit IN {units:Array(String)})
  AND ({parent:String} = '' OR parent = {parent:String})
  AND stage = ''
  AND score IS NOT NULL
  AND status != 'review'
  AND observed_at <= {as_of:DateTime64(3, 'UTC')}
  AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})
GROUP BY period, basis, scheme
ORDER BY max(period_end) DESC, min(period_start) DESC, period, newest DESC, basis, scheme
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 5
