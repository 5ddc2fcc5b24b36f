-- Units of which facts are loaded, with the indices that speak of them.
SELECT
    unit,
    argMax(unit_name, (observed_at, loaded_at)) AS name,
    any(unit_type) AS type,
    any(parent) AS of_parent,
    uniqExact(substring(fact, 1, 16)) AS facts,
    arraySort(groupUniqArray(index)) AS indices,
    argMax(period, (period_end, period_start)) AS latest
FROM observations
WHERE ({unit_type:String} = '' OR unit_type = {unit_type:String})
  AND ({parent:String} = '' OR parent = {parent:String})
  AND status != 'review'
  AND observed_at <= {as_of:DateTime64(3, 'UTC')}
  AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})
GROUP BY unit
ORDER BY unit
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 10
