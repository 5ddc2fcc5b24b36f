-- What one type of unit has of one period now, and had at the end of three earlier days,
-- with what tells whether a closed period was changed later. A value holds until the next.
-- The newest row is sought once for each stretch between the days: few rows are left then.
SELECT
    unit, unit_name, component,
    now.1 AS score, now.2 AS max, now.3 AS status, now.4 AS document, now.5 AS authority, now.6 AS run, now.7 AS observed_at,
    day.1 AS day_score, day.7 AS day_at,
    week.1 AS week_score, week.7 AS week_at,
    month.1 AS month_score, month.7 AS month_at,
    before.1 AS before_score, before.7 AS before_at, before.5 AS before_authority,
    first.1 AS first_score, first.2 AS first_at,
    said.1 AS place, said.2 AS of, said.3 AS place_document, said.4 AS place_authority, said.5 AS place_status, said.6 AS place_run, said.7 AS place_at
FROM
(
    SELECT
        unit, component,
        max(name) AS unit_name,
        argMaxIf(last, last_rank, last_rank > 0) AS now,
        argMaxIf(last, last_rank, last_rank > 0 AND bitAnd(stretch, 1)) AS day,
        argMaxIf(last, last_rank, last_rank > 0 AND bitAnd(stretch, 2)) AS week,
        argMaxIf(last, last_rank, last_rank > 0 AND bitAnd(stretch, 4)) AS month,
        argMaxIf(last, last_rank, last_rank > 0 AND bitAnd(stretch, 8)) AS before,
        argMinIf(earliest, earliest_rank, earliest_rank > 0) AS first,
        argMaxIf(printed, printed_rank, printed_rank > 0) AS said
    FROM
    (
        -- A rank is one number: authority, then the two times, then the document.
        WITH
            toUInt8(observed_at < {day:DateTime64(3, 'UTC')})
                + 2 * (observed_at < {week:DateTime64(3, 'UTC')})
                + 4 * (observed_at < {month:DateTime64(3, 'UTC')})
                + 8 * (observed_at < {closed:DateTime64(3, 'UTC')}) AS stretch,
            bitShiftLeft(toUInt128(toUnixTimestamp64Milli(observed_at)), 76)
                + bitShiftLeft(toUInt128(toUnixTimestamp64Milli(loaded_at)), 32)
                + toUInt32(cityHash64(document)) AS moment,
            bitShiftLeft(toUInt128(255 - authority), 120) + moment AS best,
            bitShiftLeft(toUInt128(authority), 120) + moment AS soonest,
            score IS NOT NULL AS valued,
            place IS NOT NULL AND rank_kind = 'published' AND scope = {scope:String} AS placed
        SELECT
            unit, component, stretch,
            max(unit_name) AS name,
            argMaxIf((score, max, status, document, authority, run, observed_at), best, valued) AS last,
            maxIf(best, valued) AS last_rank,
            argMinIf((score, observed_at), soonest, valued AND stretch < 8) AS earliest,
            minIf(soonest, valued AND stretch < 8) AS earliest_rank,
            argMaxIf((place, of, document, authority, status, run, observed_at), best, placed) AS printed,
            maxIf(best, placed) AS printed_rank
        FROM observations
        WHERE `index` = {index:String}
          AND component IN {components:Array(String)}
          AND period_start = {start:Date}
          AND period_kind = {kind:String}
          AND period = {period:String}
          AND basis = {basis:String}
          AND scheme = {scheme:String}
          AND unit_type = {unit_type:String}
          AND (empty({units:Array(String)}) OR unit IN {units:Array(String)})
          AND ({parent:String} = '' OR parent = {parent:String})
          AND stage = ''
          AND status != 'review'
          AND observed_at <= {as_of:DateTime64(3, 'UTC')}
          AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})
        GROUP BY unit, component, stretch
    )
    GROUP BY unit, component
)
ORDER BY unit, component
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 5
