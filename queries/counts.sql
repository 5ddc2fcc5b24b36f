-- Rows of the tables, for doctor and health.
SELECT
    (SELECT count() FROM observations) AS observations,
    (SELECT uniqExact(id) FROM documents) AS documents,
    (SELECT uniqExact(run) FROM runs) AS runs,
    (SELECT count() FROM problems) AS problems,
    (SELECT countIf(run GLOBAL NOT IN (SELECT run FROM runs WHERE event = 'committed')) FROM observations) AS uncommitted,
    (
        SELECT uniqExact(id)
        FROM
        (
            SELECT lower(substring(hex(SHA256(concat(source, '\0', substring(fact, 1, 16), '\0', quote, '\0', toString(
                tuple(score, max, numerator, denominator, place, of, rank_kind))))), 1, 16)) AS id
            FROM observations
            WHERE status = 'review' AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed')
        )
        WHERE id GLOBAL NOT IN (
            SELECT candidate
            FROM decisions
            WHERE candidate != '' AND document GLOBAL IN (SELECT document FROM runs WHERE event = 'committed')
            GROUP BY candidate
            HAVING argMax(action, at) != 'reopen')
    ) AS review,
    (SELECT max(rev) FROM runs WHERE event = 'committed') AS rev
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 20
