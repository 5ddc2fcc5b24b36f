package schedule

import (
	"bytes"
	"context"
	"fmt"

	"chiso/ingest"
	"chiso/ingest/service766"
	"chiso/reform"
)

// Portal is one way of asking the portal of the 766 index. The Poller lives on between
// attempts: it remembers that the portal has refused.
type Portal struct {
	Poller *service766.Poller
	Config service766.Config
}

// FetchPortals polls the portals, each by the name of its source. Where some answers
// came and then an error, both are given on: what came is loaded, and the attempt has failed.
func FetchPortals(bySource map[string]Portal) Fetcher {
	return func(ctx context.Context, s Source) ([]ingest.Job, error) {
		p, ok := bySource[s.Name]
		if !ok {
			return nil, fmt.Errorf("source %s: no portal is configured for it: %w", s.Name, reform.ErrNotFound)
		}
		c, err := p.Poller.Fetch(ctx)
		if len(c.Bytes) == 0 {
			return nil, err
		}
		return []ingest.Job{{
			Reader: bytes.NewReader(c.Bytes), Name: c.Name, URL: p.Config.Address(), Source: p.Config.Source(), Options: p.Config.Options(),
		}}, err
	}
}
