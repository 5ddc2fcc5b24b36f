package engine

// Private is the address of ClickHouse itself, behind the gate.
func (s *Supervisor) Private() string { return s.private.Addr }
