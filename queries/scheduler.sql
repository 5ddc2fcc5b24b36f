-- The instances that have said lately that they schedule, the one heard of last first: one that
-- was killed a moment ago is still among them.
SELECT instance, argMax(host, at), argMax(pid, at), max(at)
FROM heartbeats
WHERE at > {since:DateTime64(6, 'UTC')}
GROUP BY instance
HAVING argMax(event, at) = 'alive'
ORDER BY max(at) DESC, instance
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 5, max_threads = 1
