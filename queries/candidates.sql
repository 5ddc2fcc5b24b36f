-- Candidates that wait for a person, or were decided. Their id is of the words and
-- values in a series of documents, so that an article that is fetched again asks
-- nothing twice. The newest of equal ones is given.
SELECT
    `index`, basis, unit, unit_name, unit_type, period, component, stage,
    score, max, numerator, denominator, place, of, of_origin, scope, rank_kind,
    status, observed_at, locator, quote,
    document, carrier, authority, run, loaded_at, fact,
    note, source, id, count() OVER () AS total
FROM
(
    SELECT
        *,
        lower(substring(hex(SHA256(concat(source, '\0', substring(fact, 1, 16), '\0', quote, '\0', toString(
            tuple(score, max, numerator, denominator, place, of, rank_kind))))), 1, 16)) AS id
    FROM observations
    WHERE status = 'review'
      AND observed_at <= {as_of:DateTime64(3, 'UTC')}
      AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})
      AND ({index:String} = '' OR `index` = {index:String})
      AND (empty({units:Array(String)}) OR unit IN {units:Array(String)})
      AND ({document:String} = '' OR document = {document:String} OR carrier = {document:String})
    ORDER BY loaded_at DESC, document, locator
    LIMIT 1 BY id
)
WHERE startsWith(id, {id:String})
  AND ({state:String} = 'all' OR ({state:String} = 'decided') = (id GLOBAL IN (
        SELECT candidate
        FROM decisions
        WHERE candidate != ''
          AND at <= {as_of:DateTime64(3, 'UTC')}
          AND document GLOBAL IN (SELECT document FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})
        GROUP BY candidate
        HAVING argMax(action, at) != 'reopen')))
ORDER BY loaded_at DESC, document, `index`, period_start DESC, unit, component, scope, id
LIMIT {limit:UInt64} OFFSET {offset:UInt64}
SETTINGS max_execution_time = 10
