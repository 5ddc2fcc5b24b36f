-- Problems that nobody has mended: those of the newest run of every document that came to a
-- verdict. A document that was loaded again without them has none any more; an attempt that
-- broke off says nothing. A refused run has no revision: the moment stands for it.
SELECT
    run, document, kind, field, place, value, text, text_vi, severity = 'warning' AS warning,
    of_source, state, ended, count() OVER () AS total
FROM problems
GLOBAL INNER JOIN
(
    SELECT argMax(one, at_end) AS run, argMax(its_state, at_end) AS state, argMax(its_source, at_end) AS of_source, max(at_end) AS ended
    FROM
    (
        SELECT run AS one, anyLast(document) AS of_document, anyLast(source) AS its_source, argMax(event, at) AS its_state, max(at) AS at_end
        FROM runs
        WHERE event IN ('committed', 'refused')
          AND if(event = 'committed', rev, toUInt64(toUnixTimestamp64Micro(at))) <= {rev:UInt64}
          AND at <= {as_of:DateTime64(3, 'UTC')}
        GROUP BY one
    )
    GROUP BY if(of_document = '', one, of_document)
) AS newest USING (run)
WHERE ({document:String} = '' OR document = {document:String})
  AND ({kind:String} = '' OR kind = {kind:String})
ORDER BY ended DESC, document, at, place, kind
LIMIT {limit:UInt64} OFFSET {offset:UInt64}
SETTINGS max_execution_time = 10
