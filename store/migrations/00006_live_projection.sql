-- +goose NO TRANSACTION
-- +goose Up

-- The sorting key serves questions about units by name. The live index is also asked for all units
-- of one type below one parent, which lie scattered there: the projection is a second
-- order of the same rows, kept by ClickHouse itself with every insert, merge and removal. It
-- holds only the columns that such questions read; any other question is answered without it.
ALTER TABLE {{local "observations"}}{{onCluster}} ADD PROJECTION IF NOT EXISTS `live`
(
    SELECT
        `index`, unit_type, component, parent, period_start, period_kind, unit, observed_at,
        unit_name, basis, scheme, period, period_end, stage, score, max, place, of, scope, rank_kind, status, document, authority, run, loaded_at
    ORDER BY `index`, unit_type, component, parent, period_start, period_kind, unit, observed_at
);

-- Rows that were there before; it goes on in the background, and until then they are read as before.
ALTER TABLE {{local "observations"}}{{onCluster}} MATERIALIZE PROJECTION `live`;
