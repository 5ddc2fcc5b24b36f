-- Documents that committed runs brought, newest first.
SELECT
    id, held, kind, source, title, issuer, number, date, url, file_name, mime, size, authority, retrieved_at, run
FROM
(
    SELECT *
    FROM documents
    WHERE ({source:String} = '' OR source = {source:String})
      AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})
    ORDER BY id, retrieved_at DESC, run DESC
    LIMIT 1 BY id
)
ORDER BY retrieved_at DESC, id
LIMIT {limit:UInt64} OFFSET {offset:UInt64}
SETTINGS max_execution_time = 5, max_threads = 1
