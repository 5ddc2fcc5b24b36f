//go:build !unix

package render

import "context"

// outsideHeap leaves the memory of instances to Go's heap.
func outsideHeap(ctx context.Context) context.Context { return ctx }
