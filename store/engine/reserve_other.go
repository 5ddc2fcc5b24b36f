//go:build !unix

package engine

type reservation struct {
	host string
	port int
}

func reservePort(bool) (*reservation, error) { return nil, errUnsupported() }

func (*reservation) Close() error { return nil }
