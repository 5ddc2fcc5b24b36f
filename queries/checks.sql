-- What the checks found in a run ('': in all runs, the newest findings first). Two processes
-- may have checked the same run: each finding is given once.
SELECT run, code, severity, `index`, basis, period, unit, component, text_vi, text_en, numbers, document, at
FROM checks
WHERE code != 'checked'
  AND ({run:String} = '' OR run = {run:String})
  AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed')
ORDER BY if({run:String} = '', at, toDateTime64(0, 6, 'UTC')) DESC, run, position, at
LIMIT 1 BY run, position
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 5, max_threads = 1
