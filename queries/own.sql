-- What users entered themselves, of one kind: the newest row of each entry by its
-- revision, or all rows of one entry.
SELECT
    id, entry, kind, index, basis, unit, component, period, date, goal_place, goal_score,
    office, text, author, withdrawn, at, kept_rev
FROM own_entries
GLOBAL INNER JOIN
(
    SELECT run AS of, min(rev) AS kept_rev
    FROM runs
    WHERE event = 'committed' AND rev <= {rev:UInt64}
    GROUP BY run
) AS kept ON kept.of = own_entries.run
WHERE ({entry:String} = '' OR entry = {entry:String})
  AND ({kind:String} = '' OR kind = {kind:String})
  AND at <= {as_of:DateTime64(3, 'UTC')}
ORDER BY kept_rev DESC, at DESC, id DESC
LIMIT 1 BY if({entry:String} = '', entry, id)
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 5, max_threads = 1
