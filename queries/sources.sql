-- The sources in the newest list of the scheduler, each with its newest attempt that ended,
-- the one under way, and what is remembered of all earlier ones.
SELECT
    list.source AS source, list.kind, list.location, list.schedule, list.season, list.enabled, list.since, list.next, list.overdue_at, list.at,
    past.attempts, past.success, past.newest, past.success_overdue,
    last.attempt, last.cause, last.state, last.due, last.started_at, last.at, last.runs, last.documents, last.facts, last.revisions,
    last.duplicates, last.conflicts, last.problems, last.message_vi, last.message_en, last.newest, last.next, last.instance,
    open.attempt, open.cause, open.started_at, open.deadline, open.instance
FROM
(
    SELECT
        source,
        argMax(kind, s.at) AS kind, argMax(location, s.at) AS location, argMax(schedule, s.at) AS schedule, argMax(season, s.at) AS season,
        argMax(enabled, s.at) AS enabled, argMax(removed, s.at) AS gone, argMax(since, s.at) AS since,
        argMax(tuple(s.next), s.at).1 AS next, argMax(tuple(s.overdue_at), s.at).1 AS overdue_at, max(s.at) AS at
    FROM sources AS s
    GROUP BY source
    HAVING NOT gone
) AS list
LEFT JOIN
(
    SELECT
        source,
        count() AS attempts,
        maxIf(r.at, state IN ('done', 'unchanged', 'set-aside')) AS success,
        max(r.newest) AS newest,
        argMaxIf(tuple(r.overdue_at), r.at, state IN ('done', 'unchanged', 'set-aside')).1 AS success_overdue
    FROM source_runs AS r
    WHERE event = 'ended'
    GROUP BY source
) AS past ON past.source = list.source
LEFT JOIN
(
    SELECT *
    FROM source_runs
    WHERE event = 'ended'
    ORDER BY at DESC
    LIMIT 1 BY source
) AS last ON last.source = list.source
LEFT JOIN
(
    SELECT source, argMax(attempt, began) AS attempt, argMax(cause, began) AS cause, max(began) AS started_at, argMax(deadline, began) AS deadline, argMax(instance, began) AS instance
    FROM
    (
        SELECT any(source) AS source, attempt, any(cause) AS cause, min(started_at) AS began, max(deadline) AS deadline, any(instance) AS instance
        FROM source_runs
        GROUP BY attempt
        HAVING countIf(event != 'started') = 0
    )
    GROUP BY source
) AS open ON open.source = list.source
ORDER BY source
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 5, max_threads = 1
