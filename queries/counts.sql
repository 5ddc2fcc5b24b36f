-- Rows of the tables, for doctor and health.
SELECT
    (SELECT count() FROM observations) AS observations,
    (SELECT uniqExact(id) FROM documents) AS documents,
    (SELECT uniqExact(run) FROM runs) AS runs,
    (SELECT count() FROM problems) AS problems,
    (SELECT countIf(run GLOBAL NOT IN (SELECT run FROM runs WHERE event = 'committed')) FROM observations) AS uncommitted,
    (
        SELECT count()
        FROM observations
        WHERE status = 'review' AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed')
    ) AS review,
    (SELECT max(rev) FROM runs WHERE event = 'committed') AS rev
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 20
