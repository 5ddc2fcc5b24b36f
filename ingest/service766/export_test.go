package service766

// AllUnits is a source of all provinces and 3,321 communes on loopback, for the tests outside of the package.
var AllUnits = allUnits
