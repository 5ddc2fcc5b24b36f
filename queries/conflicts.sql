-- Numbers of which current values differ between sources. A later document of the
-- same source replaces an earlier one: that is a revision, no conflict. Facts that a
-- tidy file cites are each their own source, whatever file carried them. Values that
-- agree at the coarser printed precision, and provisional ones of another moment than
-- what they differ from (the count had gone on), are sorted out in Go.
SELECT
    measure, `index`, unit, period, basis, component, stage, measured_scope,
    value, place, printed_of, rank_kind, status = 'provisional' AS provisional, document, authority, observed_at
FROM
(
    SELECT
        *,
        count() OVER number AS candidates,
        min(said) OVER number != max(said) OVER number AS differs
    FROM
    (
        SELECT
            measure, `index`, unit, period, period_start, basis, component, stage, authority, observed_at, loaded_at,
            document, locator, status,
            if(measure = 'place', scope, '') AS measured_scope,
            if(measure = 'score', score, NULL) AS value,
            if(measure = 'place', place, NULL) AS place,
            if(measure = 'place' AND of_origin = 'printed', of, NULL) AS printed_of,
            if(measure = 'place', rank_kind, '') AS rank_kind,
            (ifNull(value, 0), ifNull(place, 0), ifNull(printed_of, 0)) AS said,
            rank() OVER (
                PARTITION BY measure, `index`, unit, period, basis, component, stage, measured_scope,
                    source, if(carrier = '' OR carrier = document, '', document)
                ORDER BY observed_at DESC, loaded_at DESC
            ) AS age
        FROM observations
        ARRAY JOIN ['place', 'score'] AS measure
        WHERE ({index:String} = '' OR `index` = {index:String})
          AND (empty({units:Array(String)}) OR unit IN {units:Array(String)})
          AND ({period:String} = '' OR period = {period:String})
          AND ((measure = 'place' AND place IS NOT NULL) OR (measure = 'score' AND score IS NOT NULL))
          AND status != 'review'
          AND observed_at <= {as_of:DateTime64(3, 'UTC')}
          AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})
    )
    WHERE age = 1
    WINDOW number AS (PARTITION BY measure, `index`, unit, period, basis, component, stage, measured_scope)
)
WHERE candidates > 1 AND differs
ORDER BY
    `index`, period_start DESC, period DESC, unit, basis, component, stage, measure, measured_scope,
    if(measure = 'place', indexOf(['computed', 'derived'], rank_kind), 0),
    authority, observed_at DESC, loaded_at DESC, document, locator
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 10
