-- What one type of unit has of one period now, and had at the end of three earlier days,
-- with what tells whether a closed period was changed later. A value holds until the next.
SELECT
    unit, unit_name, component,
    now.1 AS score, now.2 AS max, now.3 AS status, now.4 AS document, now.5 AS authority, now.6 AS run, now.7 AS observed_at,
    day.1 AS day_score, day.2 AS day_at,
    week.1 AS week_score, week.2 AS week_at,
    month.1 AS month_score, month.2 AS month_at,
    before.1 AS before_score, before.2 AS before_at,
    first.1 AS first_score, first.2 AS first_at,
    said.1 AS place, said.2 AS of, said.3 AS place_document, said.4 AS place_authority, said.5 AS place_status, said.6 AS place_run, said.7 AS place_at
FROM
(
    SELECT
        unit, component,
        max(unit_name) AS unit_name,
        argMaxIf((score, max, status, document, authority, run, observed_at), (255 - authority, observed_at, loaded_at, document), score IS NOT NULL) AS now,
        argMaxIf((score, observed_at), (255 - authority, observed_at, loaded_at, document), score IS NOT NULL AND observed_at < {day:DateTime64(3, 'UTC')}) AS day,
        argMaxIf((score, observed_at), (255 - authority, observed_at, loaded_at, document), score IS NOT NULL AND observed_at < {week:DateTime64(3, 'UTC')}) AS week,
        argMaxIf((score, observed_at), (255 - authority, observed_at, loaded_at, document), score IS NOT NULL AND observed_at < {month:DateTime64(3, 'UTC')}) AS month,
        argMaxIf((score, observed_at), (255 - authority, observed_at, loaded_at, document), score IS NOT NULL AND observed_at < {closed:DateTime64(3, 'UTC')}) AS before,
        argMinIf((score, observed_at), (authority, observed_at, loaded_at, document), score IS NOT NULL AND observed_at >= {closed:DateTime64(3, 'UTC')}) AS first,
        argMaxIf((place, of, document, authority, status, run, observed_at), (255 - authority, observed_at, loaded_at, document), place IS NOT NULL AND rank_kind = 'published' AND scope = {scope:String}) AS said
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
      AND ({parent:String} = '' OR startsWith(unit, {parent:String}))
      AND stage = ''
      AND status != 'review'
      AND observed_at <= {as_of:DateTime64(3, 'UTC')}
      AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})
    GROUP BY unit, component
)
ORDER BY unit, component
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 5
