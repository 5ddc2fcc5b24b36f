-- The newest committed revision; 0 where nothing was ever committed.
SELECT max(rev) AS rev
FROM runs
WHERE event = 'committed'
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 5, max_threads = 1
