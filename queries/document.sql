-- One document as it was last retrieved. A document whose run was refused is
-- there too, since its problems point to it.
SELECT
    id, held, kind, source, title, issuer, number, date, url, file_name, mime, size, authority, retrieved_at, run
FROM documents
WHERE id = {document:String}
ORDER BY run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed') DESC, retrieved_at DESC, run DESC
LIMIT 1 BY id
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 5, max_threads = 1
