-- The instances that have said lately that they schedule, the one longest at it first.
SELECT instance, argMax(host, at), argMax(pid, at), max(at)
FROM heartbeats
WHERE at > {since:DateTime64(6, 'UTC')}
GROUP BY instance
HAVING argMax(event, at) = 'alive'
ORDER BY min(at), instance
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 5, max_threads = 1
