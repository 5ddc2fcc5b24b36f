-- How much of each index is loaded.
SELECT
    `index`,
    uniqExact(substring(fact, 1, 16)) AS facts,
    uniqExact(unit) AS units,
    argMin(period, (period_end, period_start)) AS first,
    argMax(period, (period_end, period_start)) AS last,
    max(observed_at) AS latest
FROM observations
WHERE status != 'review'
  AND observed_at <= {as_of:DateTime64(3, 'UTC')}
  AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})
GROUP BY `index`
ORDER BY `index`
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 20
