-- Every edition of which facts are loaded, with how much of it is known.
-- A province's ranking of its departments and communes is an edition of that
-- province; a place within a region belongs to the nation's edition.
SELECT
    `index`, period, period_kind, basis, scheme, unit_type, stage,
    if(unit_type IN ('department', 'commune'), parent, 'nation') AS edition_scope,
    any(period_start) AS starts,
    uniqExactIf(unit, component = '' AND place IS NOT NULL AND scope = edition_scope) AS with_place,
    uniqExactIf(unit, component = '' AND score IS NOT NULL) AS with_score,
    uniqExactIf(unit, component != '') AS with_components,
    uniqExactIf((unit, component), component != '') AS components,
    -- The denominators that documents print, each with how often; the commonest one
    -- counts where the catalogue knows none.
    sumMapIf(map(ifNull(of, 0), toUInt64(1)),
        of IS NOT NULL AND of_origin = 'printed' AND component = '' AND scope = edition_scope) AS printed,
    -- When the sources spoke last. The day on which a document of unknown date was fetched is none,
    -- but a poll of an open period is dated by its fetching.
    maxOrNullIf(observed_at, observed_origin != 'retrieved' OR status = 'provisional') AS latest,
    argMax(status, (observed_at, loaded_at)) = 'provisional' AS provisional
FROM observations
WHERE ({index:String} = '' OR `index` = {index:String})
  AND stage = {stage:String}
  AND status != 'review'
  AND observed_at <= {as_of:DateTime64(3, 'UTC')}
  AND run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})
GROUP BY `index`, period, period_kind, basis, scheme, unit_type, stage, edition_scope
ORDER BY `index`, starts DESC, period DESC, basis, scheme, unit_type, edition_scope
LIMIT {limit:UInt64}
SETTINGS max_execution_time = 10
