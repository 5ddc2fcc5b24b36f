-- Runs, the newest first, each with its last event; of one document or with one id
-- if these are given. What users entered themselves has a list of its own.
SELECT
    run,
    anyLast(source) AS of_source,
    anyLast(kind) AS of_kind,
    anyLast(document) AS of_document,
    argMax(event, (at, event != 'started')) AS state,
    min(at) AS started_at,
    maxIf(at, event != 'started') AS ended_at,
    max(rev) AS revision,
    max(facts), max(revisions), max(duplicates), max(conflicts), max(problems),
    argMax(message, (at, event != 'started')) AS last_message
FROM
(
    SELECT *
    FROM runs
    WHERE ({run:String} = '' OR run = {run:String})
      AND ({document:String} = '' OR document = {document:String})
      AND ({run:String} != '' OR kind != 'own-entries')
    ORDER BY run, at
)
GROUP BY run
ORDER BY started_at DESC, run DESC
LIMIT {limit:UInt64} OFFSET {offset:UInt64}
SETTINGS max_execution_time = 5, max_threads = 1
