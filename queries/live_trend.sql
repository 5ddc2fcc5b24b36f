-- The last value of each day of one component of units, for each period, basis and authority.
SELECT
    unit, name, basis, period, authority, day,
    last.1 AS score, last.2 AS max, last.3 AS status, last.4 AS document, last.5 AS run, last.6 AS observed_at
FROM
(
    SELECT
        unit, basis, period, authority,
        toDate(observed_at, 'Asia/Ho_Chi_Minh') AS day,
        max(unit_name) AS name,
        min(period_start) AS starts,
        argMax((score, max, status, document, run, observed_at), (observed_at, loaded_at, document)) AS last
    FROM observations
    WHERE `index` = {index:String}
      AND component = {component:String}
      AND period_kind = {kind:String}
      AND ({period:String} = '' OR period = {period:String})
      AND ({basis:String} = '' OR basis = {basis:String})
      AND unit IN {units:Array(String)}
      AND stage = ''
      AND score IS NOT NULL
      AND status != 'review'
      AND observed_at <= {as_of:DateTime64(3, 'UTC')}
      AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})
    GROUP BY unit, basis, period, authority, day
)
ORDER BY unit, starts, period, basis, day, authority DESC
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 5
