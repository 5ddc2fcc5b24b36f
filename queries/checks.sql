-- What the checks found in a run ('': in all runs, the newest findings first).
SELECT run, code, severity, `index`, basis, period, unit, component, text_vi, text_en, numbers, document, at
FROM checks
WHERE code != 'checked'
  AND ({run:String} = '' OR run = {run:String})
  AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed')
ORDER BY at DESC, run, position
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 5, max_threads = 1
