-- What people decided, the newest first. A decision counts once its document's run is
-- committed.
SELECT body, document, kept_run, kept_rev
FROM decisions
GLOBAL INNER JOIN
(
    SELECT document AS of, argMin(run, rev) AS kept_run, min(rev) AS kept_rev
    FROM runs
    WHERE event = 'committed' AND rev <= {rev:UInt64}
    GROUP BY document
) AS kept ON kept.of = decisions.document
WHERE startsWith(id, {id:String})
  AND (empty({candidates:Array(String)}) OR candidate IN {candidates:Array(String)})
  AND (NOT {numbers:Bool} OR candidate = '')
  AND ({index:String} = '' OR `index` = {index:String})
  AND (empty({units:Array(String)}) OR unit IN {units:Array(String)})
  AND ({period:String} = '' OR period = {period:String})
  AND at <= {as_of:DateTime64(3, 'UTC')}
ORDER BY at DESC, id
LIMIT 1 BY id
LIMIT {limit:UInt64} OFFSET {offset:UInt64}
SETTINGS max_execution_time = 5, max_threads = 1
