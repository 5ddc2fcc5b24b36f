-- Problems of one run, in the order in which they were found.
SELECT kind, field, place, value, text, text_vi, severity = 'warning' AS warning
FROM problems
WHERE run = {run:String}
ORDER BY at, place, kind
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 5, max_threads = 1
