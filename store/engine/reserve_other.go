//go:build !unix

package engine

type reservation struct{ port int }

func reservePort() (*reservation, error) { return nil, errUnsupported() }

func (*reservation) Close() error { return nil }
