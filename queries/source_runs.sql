-- The attempts to read a source ('': all sources) that began, the newest first; one that
-- withdrew before another is not among them.
SELECT
    attempt, any(source), any(kind), any(cause), anyIf(state, event = 'ended') AS last_state, max(due) AS due_at,
    min(started_at) AS began, maxIf(at, event = 'ended') AS ended_at, anyIf(runs, event = 'ended') AS loads, max(documents), max(facts), max(revisions),
    max(duplicates), max(conflicts), max(problems), anyIf(message_vi, event = 'ended') AS vi, anyIf(message_en, event = 'ended') AS en,
    max(newest), max(next), max(overdue_at), max(deadline), any(instance)
FROM source_runs
WHERE {source:String} = '' OR source = {source:String}
GROUP BY attempt
HAVING countIf(event = 'withdrawn') = 0
ORDER BY began DESC, attempt DESC
LIMIT {limit:UInt64} OFFSET {offset:UInt64}
SETTINGS max_execution_time = 5, max_threads = 1
